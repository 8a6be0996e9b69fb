import { expect, test } from "vitest";
import { catalogueEntrySchema } from "../../../engine/contract/catalogue.ts";
import type { DeviceReport } from "../../../engine/contract/devices.ts";
import { asStored, catalogueEntries } from "../../../engine/studio/catalogue-entries.ts";
import { probeEstimate, REFERENCE } from "../../../engine/worker/probe-estimates.ts";

const CPU: DeviceReport = { provider: "cpu", available: true, float16: false, gigaflops: 220 };

function entriesOn(report: DeviceReport) {
  return catalogueEntries({ provider: report.provider, report, fallback: undefined });
}

const byId = (report: DeviceReport) =>
  new Map(entriesOn(report).map((entry) => [entry.id, entry] as const));

test("says what the contract asks for", () => {
  expect(catalogueEntrySchema.array().parse(entriesOn(CPU))).toEqual(entriesOn(CPU));
  expect(Object.keys(entriesOn(CPU)[0] ?? {})).not.toContain("networks");
});

/** The sizes of the repositories' weight files, in MB. */
test.each([
  ["stable-diffusion-2-1-base", 2582],
  ["sd-turbo", 2582],
  ["lcm-dreamshaper-v7", 4267],
  ["bk-sdm-v2-base", 2017],
  ["bk-sdm-v2-small", 1822],
  ["bk-sdm-v2-tiny", 1504],
  ["bk-sdm-base", 1574],
  ["bk-sdm-small", 1380],
  ["bk-sdm-tiny", 1062],
])("%s is as large as its networks", (id, megabytes) => {
  expect(byId(CPU).get(id)?.downloadBytes).toBe(megabytes * 1e6);
});

test("a picture of Stable Diffusion 2 takes as long as the reference picture", () => {
  const entry = byId(CPU).get("stable-diffusion-2");
  const reference = probeEstimate(REFERENCE, CPU);
  expect((entry?.estimate?.seconds ?? 0) / reference.seconds).toBeCloseTo(1, 3);
  expect(entry?.estimate?.basis).toBe("estimated");
  expect(entry?.untimed).toBeUndefined();
});

test("Fast takes a small part of the time, but no fewer steps of a distilled model", () => {
  const [usual, distilled] = ["stable-diffusion-2", "sd-turbo"].map((id) => byId(CPU).get(id));
  const share = (entry: typeof usual) =>
    (entry?.fastSeconds ?? Infinity) / (entry?.estimate?.seconds ?? 0);
  expect(share(usual)).toBeLessThan(0.15);
  expect(share(distilled)).toBeGreaterThan(0.3);
  expect(share(distilled)).toBeLessThan(1);
  const gpu = byId({ ...CPU, provider: "webgpu" }).get("sd-turbo");
  expect(gpu?.estimate).toBeDefined();
  expect(gpu?.fastSeconds).toBeUndefined();
});

test("a model in the store has its own fit and estimate, and none of Fast beside them", () => {
  const [entry] = entriesOn(CPU);
  expect(entry?.fastSeconds).toBeDefined();
  const fit = { verdict: "tight", reason: "Close other programs.", memoryBytes: 5 } as const;
  const estimate = { seconds: 3, secondsPerStep: 1, loadSeconds: 0, basis: "measured" } as const;
  const stored = asStored(entry!, { id: "mine", fit }, estimate);
  expect(stored).toMatchObject({ id: "stable-diffusion-2", storedId: "mine", fit, estimate });
  expect(stored).not.toHaveProperty("fastSeconds");
  expect(asStored(entry!, { id: "mine", fit }).estimate).toEqual(entry?.estimate);
});

test("smaller networks, smaller pictures and fewer steps take less time, a faster device too", () => {
  const entries = byId(CPU);
  const seconds = (id: string) => entries.get(id)?.estimate?.seconds ?? 0;
  const order = [
    "stable-diffusion-2",
    "stable-diffusion-2-base",
    "bk-sdm-v2-base",
    "bk-sdm-v2-small",
    "bk-sdm-v2-tiny",
    "lcm-dreamshaper-v7",
    "sd-turbo",
  ].map(seconds);
  expect(order).toEqual(order.toSorted((a, b) => b - a));
  const fast = byId({ ...CPU, gigaflops: 2200 }).get("stable-diffusion-2")?.estimate?.seconds ?? 0;
  expect(seconds("stable-diffusion-2") / fast).toBeGreaterThan(9);
});

test("says how much memory a picture needs, and less for a smaller network", () => {
  const entries = byId(CPU);
  const memory = (id: string) => entries.get(id)?.fit.memoryBytes ?? 0;
  expect(memory("stable-diffusion-2-base") / 1e9).toBeCloseTo(4.4, 1);
  expect(memory("bk-sdm-v2-tiny")).toBeLessThan(memory("stable-diffusion-2-base") / 2);
  expect(entries.get("stable-diffusion-2")?.fit.reason).toMatch(/^A picture needs about 5\.5 GB/);
});

test("a device whose speed is not known yet has no time, with the reason", () => {
  const { gigaflops: _, ...unmeasured } = CPU;
  expect(entriesOn(unmeasured)[0]).toMatchObject({
    untimed: "The speed of this computer is measured while nothing is being drawn.",
  });
  expect(entriesOn(unmeasured)[0]?.estimate).toBeUndefined();
  expect(catalogueEntries(undefined)[0]).toMatchObject({
    untimed: "The devices of this computer have not been tested yet.",
  });
  const broken = {
    provider: "cuda",
    available: false,
    float16: true,
    reason: "no driver",
  } as const;
  expect(entriesOn(broken)[0]).toMatchObject({
    untimed: "This computer cannot use cuda: no driver.",
  });
});
