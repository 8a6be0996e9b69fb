import { expect, test } from "vitest";
import { STARTER } from "../../../engine/drawing/read-model.ts";
import { ModelReader } from "../../../engine/worker/model-reader.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { saveModel } from "../../golden/changed-models.ts";

/** A reader over a store in which every model is the starter, and the ids it was asked for. */
function reader(): { models: ModelReader; asked: string[] } {
  const asked: string[] = [];
  const models = new ModelReader((id) => {
    asked.push(id);
    return id === "gone" ? Promise.reject(new Error("it is gone")) : Promise.resolve(STARTER);
  });
  return { models, asked };
}

test("reads a model once, until the store changes", async () => {
  const { models, asked } = reader();
  const [one, two] = await Promise.all([models.read("a"), models.read("a")]);
  expect(one).toBe(two);
  models.forget();
  await models.read("a");
  expect(asked).toEqual(["a", "a"]);
});

test("a failure is not kept", async () => {
  const { models, asked } = reader();
  await expect(models.read("gone")).rejects.toThrow("it is gone");
  await expect(models.read("gone")).rejects.toThrow("it is gone");
  expect(asked).toEqual(["gone", "gone"]);
});

test("keeps the few that were asked for last", async () => {
  const { models, asked } = reader();
  for (const id of ["a", "b", "c", "d", "e", "e", "a"]) await models.read(id);
  expect(asked).toEqual(["a", "b", "c", "d", "e", "a"]);
});

test("counts tokens as the model does", async () => {
  const { models } = reader();
  expect(await models.countTokens("a", "two purple fish")).toEqual({ count: 3, limit: 75 });
});

test("the limit is the model's own, and what comes after it is said to be cut", async () => {
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
