import { expect, test } from "vitest";
import { enqueueSchema, type EnqueueRequest } from "../../../engine/contract/generation.ts";
import { readModel, STARTER } from "../../../engine/drawing/read-model.ts";
import { ordersOf } from "../../../engine/studio/orders.ts";
import { refusal } from "../../fakes/refusal.ts";

const read = await readModel(STARTER, "float32");

function orders(request: EnqueueRequest) {
  return ordersOf({ request: enqueueSchema.parse(request), model: "starter", read }, () => 9n);
}

test("leaves nothing open: the model's own choices, and a seed by chance", () => {
  expect(orders({ prompt: "a dog" })).toEqual([
    {
      model: "starter",
      prompt: "a dog",
      negativePrompt: "",
      steps: 30,
      guidanceScale: 3,
      width: 128,
      height: 128,
      scheduler: "ddim",
      seed: "9",
    },
  ]);
});

test("picture i has seed + i, and after the last seed comes 0", () => {
  const last = String(2n ** 64n - 1n);
  expect(orders({ prompt: "a dog", seed: last, count: 3 }).map(({ seed }) => seed)).toEqual([
    last,
    "0",
    "1",
  ]);
});

test("strength is said only where there is a picture to start from", () => {
  const [from] = orders({ prompt: "a dog", strength: 0.5, initImageId: "picture" });
  const [without] = orders({ prompt: "a dog", strength: 0.5 });
  expect([from.strength, from.initImageId, without.strength]).toEqual([0.5, "picture", undefined]);
});

test("refuses what the model could not draw", () => {
  const request = { prompt: "a dog", steps: 5, strength: 0.1, initImageId: "picture" };
  expect(() => orders(request)).toThrow(refusal("REQUEST_INVALID"));
});
