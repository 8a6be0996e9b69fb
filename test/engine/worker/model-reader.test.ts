import { expect, test } from "vitest";
import { STARTER } from "../../../engine/drawing/read-model.ts";
import { ModelReader } from "../../../engine/worker/model-reader.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { saveModel } from "../../golden/changed-models.ts";

/** A reader over a store in which every model is the starter, and the ids that were requested. */
function reader(): { models: ModelReader; asked: string[] } {
  const asked: string[] = [];
  const models = new ModelReader((id) => {
    asked.push(id);
    return id === "gone" ? Promise.reject(new Error("it is gone")) : Promise.resolve(STARTER);
  });
  return { models, asked };
}

test("asks the store at every reading, so that a model is the present one", async () => {
  const { models, asked } = reader();
  expect(await models.read("a")).toBe(await models.read("a"));
  await expect(models.read("gone")).rejects.toThrow("it is gone");
  expect(asked).toEqual(["a", "a", "gone"]);
});

test("counts tokens as the model does", async () => {
  const { models } = reader();
  expect(await models.countTokens("a", "two purple fish")).toEqual({ count: 3, limit: 75 });
});

test("the limit is the model's own, and what follows it is reported as cut", async () => {
  const folder = temporaryFolder();
  saveModel("text-encoder-20", folder);
  const models = new ModelReader(() => Promise.resolve(folder));
  const prompt = "a red house, two purple fish under water, ".repeat(4);
  const { cutAt = 0, ...counted } = await models.countTokens("short", prompt);
  expect(counted).toEqual({ count: expect.any(Number) as number, limit: 18 });
  expect(await models.countTokens("short", prompt.slice(0, cutAt))).toEqual({
    count: 18,
    limit: 18,
  });
});
