import { expect, test } from "vitest";
import type { DeviceReport } from "../../../engine/contract/devices.ts";
import { DeviceList } from "../../../engine/worker/device-list.ts";

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

test("devices are tried once, and again when that is asked for", async () => {
  let tries = 0;
  let changes = 0;
  const probe = () => Promise.resolve([{ ...CPU, seconds: ++tries }]);
  const devices = new DeviceList(probe, () => changes++);
  const seconds = [
    await devices.list(),
    await devices.list(),
    await devices.list(true),
    await devices.list(),
  ].map(([cpu]) => cpu?.seconds);
  expect({ seconds, changes }).toEqual({ seconds: [1, 1, 2, 2], changes: 2 });
});

test("a try that fails is made again", async () => {
  let tries = 0;
  const probe = (): Promise<readonly DeviceReport[]> =>
    ++tries === 1 ? Promise.reject(new Error("no process")) : Promise.resolve([CPU]);
  const devices = new DeviceList(probe);
  await expect(devices.list()).rejects.toThrow("no process");
  expect(await devices.list()).toEqual([CPU]);
});

test("nothing is known before they were tried", () => {
  expect(new DeviceList(() => Promise.resolve([CPU])).chosen("auto")).toBeUndefined();
});

test("takes the best that works, and says nothing of a fallback there", async () => {
  expect(await chosenOf([CUDA, CPU])).toEqual({
    provider: "cuda",
    report: CUDA,
    fallback: undefined,
  });
});

test("says why better ones are passed over", async () => {
  expect(await chosenOf([NO_CUDA, SLOW, CPU])).toEqual({
    provider: "cpu",
    report: CPU,
    fallback: "cuda: its libraries are not installed; webgpu: it is 60 times slower than the CPU",
  });
});

test("what a person chose is no fallback", async () => {
  expect(await chosenOf([NO_CUDA, CPU], "cpu")).toMatchObject({
    provider: "cpu",
    fallback: undefined,
  });
  expect(await chosenOf([CUDA, CPU], "cuda")).toMatchObject({
    provider: "cuda",
    fallback: undefined,
  });
});
