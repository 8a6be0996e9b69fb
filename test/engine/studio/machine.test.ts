import { cpus, totalmem } from "node:os";
import { expect, test, vi } from "vitest";
import type { CudaInstaller } from "../../../engine/drawing/cuda.ts";
import type { DeviceReport } from "../../../engine/contract/devices.ts";
import { clientOf } from "../../../engine/server/client-of.ts";
import { deviceName, memoryOf } from "../../../engine/studio/machine.ts";
import { usableMemory } from "../../../engine/store/fit.ts";
import { studioInProcess } from "../../fakes/studio-in-process.ts";

test("tells the memory there is, what is free of it and what the studio holds", async () => {
  const { total, free, studio } = await memoryOf(undefined);
  expect(total).toBeLessThanOrEqual(totalmem());
  expect(free).toBeLessThanOrEqual(total);
  expect(studio).toBeGreaterThan(1e7);
});

test.each([
  ["a container's limit", 2e9, 2e9],
  ["no known limit", 0, 16e9],
  ["none at all, which is told as a number beyond any memory", 2 ** 64, 16e9],
])("what this process may have under %s", (_, limit, usable) => {
  expect(usableMemory(limit, 16e9)).toBe(usable);
});

test.runIf(process.platform === "linux")(
  "counts the inference process as the studio's",
  async () => {
    const alone = await memoryOf(undefined);
    const both = await memoryOf(process.pid);
    expect(both.studio).toBeGreaterThan(1.5 * alone.studio);
    expect((await memoryOf(2 ** 30)).studio).toBeLessThan(1.5 * alone.studio);
  },
);

test("names the processor, and nothing it does not know", async () => {
  expect([await deviceName("cpu"), await deviceName("webgpu")]).toEqual([
    cpus()[0]?.model.trim(),
    undefined,
  ]);
});

const CPU: DeviceReport = { provider: "cpu", available: true, float16: false };

const REPORT = {
  installed: "placed",
  version: "1.30.0",
  folder: "/libraries",
  libraries: [],
  trust: "pinned in the source",
  missing: [],
  probe: { ok: true },
} as const;

async function open(cuda: CudaInstaller, probe: () => Promise<readonly DeviceReport[]>) {
  return clientOf((await studioInProcess({ isPassive: true, cuda, probe })).router);
}

test("CUDA support is asked for once, and what it brought is tried", async () => {
  const gate = Promise.withResolvers<void>();
  const install = vi.fn<CudaInstaller["install"]>(() => gate.promise.then(() => REPORT));
  const probe = vi.fn<() => Promise<readonly DeviceReport[]>>(async () => [CPU]);
  const { devices, transfers } = await open({ install, discard: async () => {} }, probe);
  expect(await devices.list({})).toEqual([CPU]);
  const first = await devices.installCuda();
  expect(await devices.installCuda()).toEqual(first);
  probe.mockResolvedValue([{ ...CPU, provider: "cuda" }, CPU]);
  gate.resolve();
  await vi.waitFor(async () =>
    expect(await transfers.list()).toMatchObject([
      { id: first.transferId, kind: "cuda", state: "done", note: "CUDA is ready" },
    ]),
  );
  expect(install).toHaveBeenCalledOnce();
  expect((await devices.list({})).map(({ provider }) => provider)).toEqual(["cuda", "cpu"]);
});
