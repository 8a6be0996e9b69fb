import { expect, test } from "vitest";
import { readModel, STARTER } from "../../../engine/drawing/read-model.ts";
import { workOf } from "../../../engine/drawing/work.ts";
import { SD2 } from "../../fakes/sd2-configs.ts";
import {
  estimatedPace,
  measuredPace,
  speedOf,
  type Pace,
  type Sample,
} from "../../../engine/worker/pace.ts";

/** The probe's report on the machine of engine/README.md's figures. */
const CPU = { provider: "cpu", available: true, float16: false, gigaflops: 220 } as const;
const speed = speedOf(CPU);
const starter = await readModel(STARTER, "float32");

function guided(side: number) {
  return { width: side, height: side, isGuided: true };
}

/** Whether `value` is between half and twice the measured value. */
function isNear(value: number, measured: number): boolean {
  return value > measured / 2 && value < measured * 2;
}

test("comes close to what was measured for Stable Diffusion 2 and for the starter", () => {
  const large = estimatedPace(workOf(SD2, guided(512)), speed);
  const small = estimatedPace(workOf(starter, guided(128)), speed);
  expect({
    textIsNear: isNear(large.text, 0.7),
    stepIsNear: isNear(large.step, 9.2),
    decodeIsNear: isNear(large.decode, 20.8),
    thirtyStarterStepsAreNear: isNear(30 * small.step + small.decode, 0.8),
  }).toEqual({
    textIsNear: true,
    stepIsNear: true,
    decodeIsNear: true,
    thirtyStarterStepsAreNear: true,
  });
});

test("guidance doubles the work of the text, and of a step except for what both predictions share", () => {
  const both = workOf(SD2, guided(512));
  const one = workOf(SD2, { ...guided(512), isGuided: false });
  expect([
    both.step.operations / one.step.operations,
    both.text.operations / one.text.operations,
    both.decode.operations / one.decode.operations,
  ]).toEqual([expect.closeTo(1.95, 2), expect.closeTo(2, 5), 1]);
});

test("knows a device by its products, one if it was too slow for more", () => {
  const report = { provider: "cpu", available: true, float16: false } as const;
  expect([
    speedOf({ ...report, gigaflops: 200, seconds: 1 }),
    speedOf({ ...report, seconds: 2 }),
    speedOf(undefined),
  ]).toEqual([150e9, 0.75 * 2 ** 30, 75e9]);
});

function sample(side: number, pace: Pace): Sample {
  return { work: workOf(starter, guided(side)), pace };
}

test("one known size gives its own median", () => {
  const samples = [5, 1, 2].map((n) => sample(128, { text: n, step: 10 * n, decode: 100 * n }));
  expect(measuredPace(samples, workOf(starter, guided(128)), speed)).toMatchObject({
    text: 2,
    step: 20,
    decode: 200,
  });
});

test("another size is scaled to this one by the work of both, the closest sizes first", () => {
  const near = Array.from({ length: 5 }, () => sample(256, { text: 1, step: 1, decode: 1 }));
  const far = Array.from({ length: 9 }, () => sample(64, { text: 9, step: 9, decode: 9 }));
  const wanted = workOf(starter, guided(512));
  const pace = measuredPace([...far, ...near], wanted, speed);
  const ratio = estimatedPace(wanted, speed).step / estimatedPace(near[0]!.work, speed).step;
  expect(pace?.step).toBeCloseTo(ratio, 6);
  expect(ratio).toBeGreaterThan(4);
});

test("without samples nothing is known", () => {
  expect(measuredPace([], workOf(starter, guided(128)), speed)).toBeUndefined();
});
