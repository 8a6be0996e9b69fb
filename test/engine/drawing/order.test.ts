import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { completeRequest, parseRequest } from "../../../engine/drawing/order.ts";
import { readModel, STARTER } from "../../../engine/drawing/read-model.ts";

const starter = await readModel(STARTER, "float32");
const chance = (): bigint => 7n;

test("what is not asked for is the model's own choice", () => {
  expect(completeRequest(parseRequest({ prompt: "a dog" }), starter, chance)).toEqual({
    prompt: "a dog",
    negativePrompt: "",
    steps: 30,
    guidanceScale: 3,
    width: 128,
    height: 128,
    seed: 7n,
    count: 1,
    scheduler: "ddim",
    strength: 0.8,
  });
});

test("what is asked for holds", () => {
  const asked = {
    prompt: "a dog",
    negativePrompt: "cats",
    steps: 3,
    guidanceScale: 1,
    width: 64,
    height: 96,
    seed: "18446744073709551615",
    count: 2,
    scheduler: "euler",
    strength: 0.5,
  };
  expect(completeRequest(parseRequest(asked), starter, chance)).toEqual({
    ...asked,
    seed: 2n ** 64n - 1n,
  });
});

test.each([
  [{}, "prompt cannot be absent"],
  [{ prompt: 3 }, "prompt cannot be 3"],
  [{ prompt: "x", steps: 0 }, "steps cannot be 0"],
  [{ prompt: "x", steps: 1.5 }, "steps cannot be 1.5"],
  [{ prompt: "x", guidanceScale: -0.5 }, "guidanceScale cannot be -0.5"],
  [{ prompt: "x", width: 100 }, "width cannot be 100"],
  [{ prompt: "x", height: 4096 }, "height cannot be 4096"],
  [{ prompt: "x", seed: "abc" }, 'seed cannot be "abc"'],
  [{ prompt: "x", seed: "18446744073709551616" }, 'seed cannot be "18446744073709551616"'],
  [{ prompt: "x", count: 101 }, "count cannot be 101"],
  [{ prompt: "x", scheduler: "lms" }, 'scheduler cannot be "lms"'],
  [{ prompt: "x", strength: 0 }, "strength cannot be 0"],
  [{ prompt: "x", colour: "red" }, "The request cannot be"],
])("refuses %j by name", (request, words) => {
  expect(() => parseRequest(request)).toThrow(StudioError);
  expect(() => parseRequest(request)).toThrow(words);
});

test("the starter says what it is, and that it is not Stable Diffusion 2", () => {
  expect(starter.summary).toMatchObject({
    name: "starter",
    isStarter: true,
    width: 128,
    steps: 30,
  });
  expect(starter.summary.description).toContain("not Stable Diffusion 2");
});
