import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { presetSettings } from "../../../engine/contract/presets.ts";
import { ordersOf, parseRequest } from "../../../engine/drawing/order.ts";
import { readModel, STARTER } from "../../../engine/drawing/read-model.ts";
import { refusal } from "../../fakes/refusal.ts";

const starter = await readModel(STARTER, "float32");

function orders(request: object) {
  return ordersOf(parseRequest(request), { name: "starter", read: starter }, "9");
}

test("open settings get the model's defaults, and a new seed", () => {
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

test("requested settings apply", () => {
  const asked = {
    prompt: "a dog",
    negativePrompt: "cats",
    steps: 3,
    guidanceScale: 1,
    width: 64,
    height: 96,
    seed: "18446744073709551615",
    scheduler: "euler",
  };
  expect(orders(asked)).toEqual([{ ...asked, model: "starter" }]);
});

test("a preset sets what is not given explicitly, and the order names the preset", () => {
  const settings = (request: object) => {
    const [order] = orders({ prompt: "a dog", ...request });
    const { preset, steps, scheduler, precision, guidanceInterval, cacheInterval } = order;
    return { preset, steps, scheduler, precision, guidanceInterval, cacheInterval };
  };
  const own = { precision: undefined, guidanceInterval: undefined, cacheInterval: undefined };
  const exact = { ...own, preset: "exact", steps: 30, scheduler: "ddim" };
  expect(settings({ preset: "exact" })).toEqual(exact);
  const fast = { ...own, ...presetSettings("fast", starter.summary), preset: "fast" };
  expect(settings({ preset: "fast" })).toEqual(fast);
  expect(
    settings({ preset: "fast", precision: "auto", guidanceInterval: [0, 1], steps: 40 }),
  ).toEqual({ ...fast, precision: undefined, steps: 40 });
  expect(settings({ preset: "fast", cacheInterval: 1 })).toEqual({
    ...fast,
    cacheInterval: undefined,
  });
  expect(settings({ cacheInterval: 3 })).toEqual({ ...exact, preset: undefined, cacheInterval: 3 });
  expect(
    settings({ preset: "balanced", scheduler: "euler", guidanceInterval: [0.2, 0.7] }),
  ).toEqual({
    preset: "balanced",
    steps: 25,
    scheduler: "euler",
    precision: "int8",
    guidanceInterval: [0.2, 0.7],
  });
});

test.each([[[0.5, 0.5]], [[0.8, 0.2]], [[-0.1, 1]], [[0, 1.1]], [[0.5]]])(
  "an interval of %j is refused",
  (guidanceInterval) => {
    expect(() => orders({ prompt: "a dog", guidanceInterval })).toThrow(StudioError);
  },
);

test("one side alone makes a square", () => {
  const [{ width, height }] = orders({ prompt: "a dog", height: 96 });
  expect([width, height]).toEqual([96, 96]);
});

test("picture i has seed + i, and after the last seed comes 0", () => {
  const last = String(2n ** 64n - 1n);
  expect(orders({ prompt: "a dog", seed: last, count: 3 }).map(({ seed }) => seed)).toEqual([
    last,
    "0",
    "1",
  ]);
});

test("strength is set only with a start image, 0.8 by default", () => {
  const [from] = orders({ prompt: "a dog", strength: 0.5, initImageId: "picture" });
  const [usual] = orders({ prompt: "a dog", initImageId: "picture" });
  const [without] = orders({ prompt: "a dog", strength: 0.5 });
  expect([from.strength, from.initImageId]).toEqual([0.5, "picture"]);
  expect([usual.strength, without.strength]).toEqual([0.8, undefined]);
});

test("a start image's resize mode is recorded unless it is stretched", () => {
  const start = { prompt: "a dog", initImageId: "picture" };
  const modes = (["default", "crop", "fill"] as const).map(
    (resizeMode) => orders({ ...start, resizeMode })[0].resizeMode,
  );
  const [without] = orders({ prompt: "a dog", resizeMode: "crop" });
  expect([...modes, without.resizeMode]).toEqual([undefined, "crop", "fill", undefined]);
});

test("refuses what the model cannot draw", () => {
  const request = { prompt: "a dog", steps: 5, strength: 0.1, initImageId: "picture" };
  expect(() => orders(request)).toThrow(refusal("REQUEST_INVALID"));
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
  [{ prompt: "x", scheduler: "dpm++3m" }, 'scheduler cannot be "dpm++3m"'],
  [{ prompt: "x", strength: 0 }, "strength cannot be 0"],
  [{ prompt: "x", resizeMode: "cover" }, 'resizeMode cannot be "cover"'],
  [{ prompt: "x", colour: "red" }, "The request cannot be"],
])("refuses %j by name", (request, words) => {
  expect(() => parseRequest(request)).toThrow(StudioError);
  expect(() => parseRequest(request)).toThrow(words);
});

test("the starter describes itself, and says that it is not Stable Diffusion 2", () => {
  expect(starter.summary).toMatchObject({
    name: "starter",
    isStarter: true,
    width: 128,
    steps: 30,
  });
  expect(starter.summary.description).toContain("not Stable Diffusion 2");
});
