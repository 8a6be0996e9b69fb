import { expect, test } from "vitest";
import { requestSchema } from "../../../engine/contract/request.ts";
import { sameOrder } from "../../../renderer/picture/elsewhere/same-order.ts";
import {
  imageOf,
  openOrderOf,
  orderOf,
  STABLE_DIFFUSION,
  STARTER,
} from "../../fakes/fake-studio-rows.ts";

const MODELS = [STABLE_DIFFUSION, STARTER];
const { record } = imageOf(orderOf(0), 0);

test("an endpoint is asked for what a picture was made with, and for one of it", () => {
  const whole = { ...record, precision: "float32", cacheInterval: 2, decoder: "tiny" } as const;
  expect(requestSchema.parse(sameOrder(whole, "kt2", MODELS))).toEqual({
    target: "kt2",
    count: 1,
    prompt: "a red balloon over a green meadow",
    negativePrompt: "blurry, dark",
    steps: 30,
    guidanceScale: 3,
    seed: "1207113004",
    width: 128,
    height: 128,
    scheduler: "ddim",
    precision: "float32",
    cacheInterval: 2,
    decoder: "tiny",
  });
});

test("this machine draws with the picture's own model where it has it, and else with the chosen one", () => {
  expect(sameOrder(record, "local", MODELS)).toMatchObject({ model: "starter" });
  const { record: foreign } = imageOf(openOrderOf("a red boat"), 1, "kt2");
  const asked = requestSchema.parse(sameOrder(foreign, "local", MODELS));
  expect(asked.model).toBe(undefined);
  expect([asked.seed, asked.steps]).toEqual([undefined, undefined]);
});

test("what other programs allow is brought within a request's limits", () => {
  const foreign = {
    ...record,
    prompt: "a".repeat(20_000),
    width: 770,
    height: 4100,
    guidanceScale: 400,
    precision: "float16",
  } as const;
  const asked = requestSchema.parse(sameOrder(foreign, "kt2", MODELS));
  expect(asked).toMatchObject({ width: 768, height: 2048, guidanceScale: 100 });
  expect(asked.precision).toBe(undefined);
});
