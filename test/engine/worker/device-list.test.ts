import { expect, onTestFinished, test, vi } from "vitest";
import type { DeviceReport } from "../../../engine/contract/devices.ts";
import type { Probe } from "../../../engine/drawing/devices.ts";
import {
  DeviceList,
  type DeviceListOptions,
  wantedDevice,
} from "../../../engine/worker/device-list.ts";

const CPU: DeviceReport = { provider: "cpu", available: true, float16: false, seconds: 0.1 };
const CUDA: DeviceReport = { provider: "cuda", available: true, float16: true, seconds: 0.01 };
const NO_CUDA: DeviceReport = {
  provider: "cuda",
  available: false,
  float16: false,
  reason: "its libraries are not installed",
};
const SLOW: DeviceReport = {
  ...CPU,
  provider: "webgpu",
  reason: "it is 60 times slower than the CPU",
};

async function chosenOf(
  reports: readonly DeviceReport[],
  wanted: "auto" | "cpu" | "cuda" = "auto",
) {
  const devices = new DeviceList(() => Promise.resolve(reports));
  await devices.list();
  return devices.chosen(wanted);
}

test("devices are probed once, and again on request", async () => {
  let tries = 0;
  let changes = 0;
  const probe = () => Promise.resolve([{ ...CPU, seconds: ++tries }]);
  const devices = new DeviceList(probe, { onChange: () => changes++ });
  const seconds = [
    await devices.list(),
    await devices.list(),
    await devices.list(true),
    await devices.list(),
  ].map(([cpu]) => cpu?.seconds);
  expect({ seconds, changes }).toEqual({ seconds: [1, 1, 2, 2], changes: 2 });
});

test("a probe that fails is repeated", async () => {
  let tries = 0;
  const probe = (): Promise<readonly DeviceReport[]> =>
    ++tries === 1 ? Promise.reject(new Error("no process")) : Promise.resolve([CPU]);
  const devices = new DeviceList(probe);
  await expect(devices.list()).rejects.toThrow("no process");
  expect(await devices.list()).toEqual([CPU]);
});

test("a probe that finds nothing that works is repeated", async () => {
  let tries = 0;
  const probe = async () => (++tries === 1 ? [{ ...CPU, available: false }] : [CPU]);
  const devices = new DeviceList(probe);
  const lists = [await devices.list(), await devices.list(), await devices.list()];
  expect(lists.map(([cpu]) => cpu?.available)).toEqual([false, true, true]);
  expect(tries).toBe(2);
});

test("a new probe waits for the previous one, whatever its result", async () => {
  const gate = Promise.withResolvers<readonly DeviceReport[]>();
  const tries: string[] = [];
  const probe = (): Promise<readonly DeviceReport[]> => {
    tries.push("try");
    return tries.length === 1 ? gate.promise : Promise.resolve([CUDA, CPU]);
  };
  const devices = new DeviceList(probe);
  const [first, second] = [devices.list(), devices.list(true)];
  await Promise.resolve();
  expect(tries.length).toBe(1);
  gate.reject(new Error("no process"));
  await expect(first).rejects.toThrow("no process");
  expect(await second).toEqual([CUDA, CPU]);
  expect(await devices.list()).toEqual([CUDA, CPU]);
});

test("while a picture is drawn, what works is not probed", async () => {
  const asked: unknown[] = [];
  let isBusy = false;
  const probe = async (known: readonly DeviceReport[] = []) => {
    asked.push(known);
    return [NO_CUDA, CPU];
  };
  const devices = new DeviceList(probe, { isBusy: () => isBusy });
  await devices.list();
  isBusy = true;
  await devices.list(true);
  isBusy = false;
  await devices.list(true);
  expect(asked).toEqual([[], [CPU], []]);
});

const UNMEASURED: DeviceReport = { provider: "cpu", available: true, float16: false };

/** Devices of which only the CPU works, and the calls to the probe that measures it. */
function lonelyCpu(options: DeviceListOptions = {}) {
  const gate = Promise.withResolvers<void>();
  const tries: { readonly known: number; readonly isMeasured: boolean }[] = [];
  const probe: Probe = async (known = [], onCpuAlone) => {
    const signal = await onCpuAlone?.([NO_CUDA, UNMEASURED]);
    if (signal?.aborted === false) await Promise.race([gate.promise, aborted(signal)]);
    const isMeasured = signal?.aborted !== true;
    tries.push({ known: known.length, isMeasured });
    return [NO_CUDA, isMeasured ? CPU : UNMEASURED];
  };
  const devices = new DeviceList(probe, { quietMs: 1, ...options });
  onTestFinished(() => devices.close());
  return { devices, tries, measured: () => gate.resolve() };
}

const aborted = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));

test("a picture does not wait for the speed of a CPU without a rival, which is measured afterwards", async () => {
  const { devices, tries, measured } = lonelyCpu();
  expect(await devices.forPicture()).toEqual([NO_CUDA, UNMEASURED]);
  expect(await devices.list()).toEqual([NO_CUDA, UNMEASURED]);
  expect(devices.chosen("auto")).toMatchObject({ provider: "cpu", report: UNMEASURED });
  measured();
  await vi.waitFor(() => expect(devices.chosen("auto")).toMatchObject({ report: CPU }), 20_000);
  expect(await devices.list()).toEqual([NO_CUDA, CPU]);
  expect(tries).toEqual([
    { known: 0, isMeasured: false },
    { known: 1, isMeasured: true },
  ]);
});

test("a picture that starts while the CPU is measured ends that", async () => {
  const { devices, tries, measured } = lonelyCpu();
  const list = devices.list();
  await vi.waitFor(() => expect(devices.chosen("auto")).toBeDefined(), 20_000);
  expect(await devices.forPicture()).toEqual([NO_CUDA, UNMEASURED]);
  expect(await list).toEqual([NO_CUDA, UNMEASURED]);
  measured();
  await vi.waitFor(() => expect(tries.at(-1)?.isMeasured).toBe(true), 20_000);
});

test("nothing is measured while pictures are drawn, nor once it is closed", async () => {
  let isBusy = true;
  const { devices, tries, measured } = lonelyCpu({ isBusy: () => isBusy });
  measured();
  expect(await devices.list()).toEqual([NO_CUDA, UNMEASURED]);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(tries).toEqual([{ known: 0, isMeasured: false }]);
  devices.close();
  isBusy = false;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(tries).toEqual([{ known: 0, isMeasured: false }]);
});

test("a picture waits if something other than the CPU may be better", async () => {
  const gate = Promise.withResolvers<readonly DeviceReport[]>();
  const devices = new DeviceList(() => gate.promise);
  const first = devices.forPicture();
  gate.resolve([CUDA, CPU]);
  expect(await first).toEqual([CUDA, CPU]);
});

test("nothing is known before they are probed", () => {
  expect(new DeviceList(() => Promise.resolve([CPU])).chosen("auto")).toBeUndefined();
});

test("chooses the best that works, and then reports no fallback", async () => {
  expect(await chosenOf([CUDA, CPU])).toEqual({
    provider: "cuda",
    report: CUDA,
    fallback: undefined,
  });
});

test("says why better ones are skipped", async () => {
  expect(await chosenOf([NO_CUDA, SLOW, CPU])).toEqual({
    provider: "cpu",
    report: CPU,
    fallback: "CUDA: its libraries are not installed; WebGPU: it is 60 times slower than the CPU",
  });
});

test("the user's choice is not a fallback", async () => {
  expect(await chosenOf([NO_CUDA, CPU], "cpu")).toMatchObject({
    provider: "cpu",
    fallback: undefined,
  });
  expect(await chosenOf([CUDA, CPU], "cuda")).toMatchObject({
    provider: "cuda",
    fallback: undefined,
  });
});

test.each([
  ["auto", undefined, "auto"],
  ["auto", "cpu", "cpu"],
  ["auto", "abacus", "auto"],
  ["cuda", "cpu", "cuda"],
] as const)("settings say %s, the environment %s: %s", (device, DARKROOM_DEVICE, wanted) => {
  expect(wantedDevice({ device }, { DARKROOM_DEVICE })).toBe(wanted);
});

test("it says why nothing can be drawn, and probes what was not probed or did not work", async () => {
  const found = [
    [NO_CUDA, { ...CPU, available: false }],
    [NO_CUDA, CPU],
  ];
  const tries: unknown[] = [];
  const devices = new DeviceList(async () => {
    tries.push(found[0]);
    return found.shift() ?? [];
  });
  // The CPU is used without a probe if the user chose it.
  expect([devices.whyIdle("cpu"), tries]).toEqual([undefined, []]);
  expect(devices.whyIdle("auto")).toContain("being tried");
  await vi.waitFor(() => expect(devices.whyIdle("auto")).toContain("no device"), 20_000);
  await vi.waitFor(() => expect(devices.whyIdle("auto")).toBeUndefined(), 20_000);
  expect(devices.whyIdle("cuda")).toContain("cuda does not work");
  expect(tries).toHaveLength(2);
});
