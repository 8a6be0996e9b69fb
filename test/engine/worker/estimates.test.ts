import { expect, test } from "vitest";
import type { GenerationRecord } from "../../../engine/contract/image-record.ts";
import type { Order } from "../../../engine/contract/order.ts";
import type { TinyUse } from "../../../engine/drawing/tiny-decoder.ts";
import { readModel, STARTER, type ReadModel } from "../../../engine/drawing/read-model.ts";
import { Estimates, type DrawnPicture } from "../../../engine/worker/estimates.ts";
import {
  probeEstimate,
  REFERENCE,
  referencePresets,
} from "../../../engine/worker/probe-estimates.ts";
import { INT8_GAIN, workOf } from "../../../engine/drawing/work.ts";
import { modelWithTiny } from "../../fakes/model-with-tiny.ts";
import { SD2 } from "../../fakes/sd2-configs.ts";

const read = await readModel(STARTER, "float32");
const REPORT = { provider: "cpu", available: true, float16: false, gigaflops: 220 } as const;
const ORDER: Order = {
  model: "starter",
  prompt: "a dog",
  negativePrompt: "",
  width: 128,
  height: 128,
  steps: 30,
  guidanceScale: 3,
  seed: "1",
};

/** A picture that took 0.5 s for text, 2 s a step, and 4 s for decoding. */
function drawn(part: Partial<GenerationRecord> = {}): DrawnPicture {
  const { model: _, ...size } = ORDER;
  const record = { ...size, model: "starter", device: "cpu", ...part } as GenerationRecord;
  const taken = Math.trunc(record.steps! * (record.strength ?? 1));
  return { record, seconds: { load: 9, text: 0.5, denoise: 2 * taken, decode: 4 } };
}

interface Known {
  readonly drawn?: readonly DrawnPicture[];
  readonly loaded?: string;
  readonly isTried?: boolean;
  readonly model?: ReadModel;
  readonly tiny?: TinyUse;
  readonly lacksInt8?: boolean;
}

function estimates({
  drawn: latest = [],
  loaded,
  isTried = true,
  model = read,
  tiny = {},
  lacksInt8 = false,
}: Known = {}) {
  return new Estimates({
    models: { read: () => Promise.resolve(model) },
    device: () => (isTried ? { provider: "cpu", report: REPORT, fallback: undefined } : undefined),
    tiny: () => tiny,
    lacksInt8: () => Promise.resolve(lacksInt8),
    loadedModel: () => loaded,
    latestOf: () => Promise.resolve(latest),
  });
}

test("earlier pictures say how long the next one takes", async () => {
  expect(await estimates({ drawn: [drawn()], loaded: "starter" }).of(ORDER)).toEqual({
    seconds: 64.5,
    secondsPerStep: 2,
    loadSeconds: 0,
    basis: "measured",
  });
});

test("a model that the caller has read need not be in the store", async () => {
  const stored = await estimates().of(ORDER);
  const other = { ...read, summary: { ...read.summary, sizeBytes: 5e9 } };
  const asked = estimates({ model: other }).of({ ...ORDER, model: "theirs" }, read);
  expect(await asked).toEqual(stored);
});

test("without any, the device's probe does, and loading is counted", async () => {
  const estimate = await estimates().of(ORDER);
  expect(estimate).toMatchObject({
    basis: "estimated",
    loadSeconds: expect.closeTo(1.02, 2) as number,
  });
  expect(estimate.seconds).toBeGreaterThan(0.2);
  expect(estimate.seconds).toBeLessThan(3);
});

test("int8 weights that must first be made take time, even if the model is loaded in float32", async () => {
  const loadSeconds = async (known: Known, precision: "int8" | "float32") =>
    (await estimates({ loaded: "starter", ...known }).of({ ...ORDER, precision })).loadSeconds;
  const making = read.summary.unetParameters * 18e-9;
  expect(await loadSeconds({ lacksInt8: true }, "int8")).toBeCloseTo(making);
  expect(await loadSeconds({ lacksInt8: true }, "float32")).toBe(0);
  expect(await loadSeconds({ lacksInt8: false }, "int8")).toBe(0);
  expect(await loadSeconds({ lacksInt8: true, isTried: false }, "int8")).toBe(0);
});

test("pictures of another device, or without times, are ignored", async () => {
  const other = drawn({ device: "cuda" });
  const { record } = drawn();
  expect((await estimates({ drawn: [other, { record }] }).of(ORDER)).basis).toBe("estimated");
});

test("pictures in one precision correct the estimate of the other, which stays an estimate", async () => {
  const int8 = { ...ORDER, precision: "int8" } as const;
  const of = (order: Order, part: Partial<GenerationRecord>) =>
    estimates({ drawn: [drawn(part)], loaded: "starter" }).of(order);
  const faster = await of(int8, {});
  expect(faster).toMatchObject({ basis: "estimated", secondsPerStep: 2 / INT8_GAIN });
  expect(faster.seconds).toBeCloseTo(0.5 + (30 * 2) / INT8_GAIN + 4);
  const exact = await of(ORDER, { precision: "int8" });
  expect(exact).toMatchObject({ basis: "estimated", secondsPerStep: 2 * INT8_GAIN });
  expect(await of(int8, { precision: "int8" })).toMatchObject({ basis: "measured" });
});

test("before devices are probed there is an estimate, too", async () => {
  expect((await estimates({ drawn: [drawn()], isTried: false }).of(ORDER)).basis).toBe("estimated");
});

test("learns from every new picture", async () => {
  const all = estimates();
  await all.learn(drawn());
  expect((await all.of(ORDER)).secondsPerStep).toBe(2);
});

test("a start image means fewer steps, but its encoding takes time", async () => {
  const all = estimates({ drawn: [drawn({ strength: 0.5 })], loaded: "starter" });
  const estimate = await all.of({ ...ORDER, strength: 0.5 });
  expect(estimate).toMatchObject({ secondsPerStep: 2, seconds: 0.5 + 2 + 15 * 2 + 4 });
});

test("what a method evaluates twice a step takes twice as long; an invalid run is not a sample", async () => {
  const impossible = drawn({ width: 4, height: 4 });
  const all = estimates({ drawn: [impossible, drawn()], loaded: "starter" });
  const pndm = await all.of({ ...ORDER, scheduler: "pndm" });
  expect(pndm).toMatchObject({ secondsPerStep: 2, seconds: 0.5 + 31 * 2 + 4 });
});

test("steps that run only the last layer are counted as such, before and after", async () => {
  const seconds = 0.5 + (15 + 15 * 0.15) * 2 + 4;
  const cached = { ...ORDER, cacheInterval: 2 };
  const all = estimates({ drawn: [drawn()], loaded: "starter" });
  expect((await all.of(cached)).seconds).toBeCloseTo(seconds);
  expect((await all.paceOf(cached)).step).toBeCloseTo((2 * (15 + 15 * 0.15)) / 30);
  const { record } = drawn({ cacheInterval: 2 });
  const denoise = 2 * (15 + 15 * 0.15);
  const later = estimates({
    drawn: [{ record, seconds: { load: 0, text: 1, denoise, decode: 1 } }],
  });
  expect((await later.of(ORDER)).secondsPerStep).toBeCloseTo(2);
});

test("a tiny decoder's work is counted if it decodes, and the VAE's time is no measure of it", async () => {
  const model = await readModel(modelWithTiny(), "float32");
  const of = async (
    preset: "exact" | "fast",
    latest: readonly DrawnPicture[],
    decodesFast = true,
  ) =>
    (await estimates({ model, drawn: latest, tiny: { decodesFast } }).paceOf({ ...ORDER, preset }))
      .decode;
  const [tiny, own] = [await of("fast", []), await of("fast", [], false)];
  expect(tiny).not.toBeCloseTo(own, 6);
  expect(await of("exact", [])).toBe(own);
  expect(await of("fast", [drawn()])).toBe(tiny);
  expect(await of("exact", [drawn()])).toBe(4);
  const byTiny = drawn({ decoder: "tiny" });
  expect(await of("fast", [byTiny, drawn()])).toBe(4);
  expect(await of("exact", [byTiny])).toBe(own);
});

test("a large model at its size takes about half an hour on a small CPU", () => {
  const { seconds, basis } = probeEstimate(REFERENCE, REPORT);
  expect({ minutes: Math.round(seconds / 60), basis }).toEqual({ minutes: 22, basis: "estimated" });
});

test("what cannot be read now is read at the next question, and affects no picture", async () => {
  let reads = 0;
  const all = new Estimates({
    models: { read: () => Promise.resolve(read) },
    device: () => ({ provider: "cpu", report: REPORT, fallback: undefined }),
    loadedModel: () => undefined,
    latestOf: () =>
      ++reads <= 2 ? Promise.reject(new Error("damaged")) : Promise.resolve([drawn()]),
  });
  await all.learn(drawn());
  await expect(all.of(ORDER)).rejects.toThrow("damaged");
  expect((await all.of(ORDER)).basis).toBe("measured");
});

test("guidance of 1 and below halves the work of a step", async () => {
  const all = estimates();
  const [guided, plain, none] = [
    await all.of(ORDER),
    await all.of({ ...ORDER, guidanceScale: 1 }),
    await all.of({ ...ORDER, guidanceScale: 0 }),
  ].map(({ secondsPerStep }) => secondsPerStep ?? 0);
  // In a network as small as the starter's, the cost of a node stays the same.
  expect(plain! / guided!).toBeLessThan(0.75);
  expect(none).toBe(plain);
});

test("a UNet that takes the guidance scale does a step once, whatever the scale", async () => {
  const { snapshot } = read;
  const config = { ...snapshot.unet.config, time_cond_proj_dim: 256 };
  const model = { ...read, snapshot: { ...snapshot, unet: { ...snapshot.unet, config } } };
  const { secondsPerStep } = await estimates({ model }).of({ ...ORDER, guidanceScale: 8 });
  const { secondsPerStep: plain } = await estimates().of({ ...ORDER, guidanceScale: 1 });
  expect(secondsPerStep / plain).toBeCloseTo(1, 1);
});

test("the reference picture is computed from Stable Diffusion 2's graphs at 768x768", () => {
  const counted = workOf(SD2, { width: 768, height: 768, isGuided: true });
  const shares = (["text", "step", "decode"] as const).map((part) => ({
    nodes: counted[part].nodes - REFERENCE.work[part].nodes,
    operations: expect.closeTo(
      counted[part].operations / REFERENCE.work[part].operations,
      3,
    ) as number,
  }));
  expect(shares).toEqual([1, 1, 1].map((operations) => ({ nodes: 0, operations })));
});

test("each preset takes less of the reference picture than the previous one, and int8 is for the CPU", () => {
  const cpu = referencePresets({ provider: "cpu", available: true, float16: false, seconds: 0.02 });
  expect(cpu.map(({ preset }) => preset)).toEqual(["exact", "balanced", "fast"]);
  const [exact = 0, balanced = 0, fast = 0] = cpu.map(({ seconds }) => seconds);
  expect(exact / balanced).toBeGreaterThan(3);
  expect(balanced / fast).toBeGreaterThan(2);
  const gpu = referencePresets({
    provider: "webgpu",
    available: true,
    float16: true,
    seconds: 0.02,
  });
  expect((gpu[1]?.seconds ?? 0) / balanced).toBeGreaterThan(1.5);
});
