import { cpus, totalmem } from "node:os";
import { expect, test, vi } from "vitest";
import type { CudaInstaller } from "../../../engine/drawing/cuda.ts";
import type { DeviceReport } from "../../../engine/contract/devices.ts";
import { clientOf } from "../../../engine/server/client-of.ts";
import { deviceName, memoryOf } from "../../../engine/studio/machine.ts";
import { usableMemory } from "../../../engine/store/fit.ts";
import { studioInProcess } from "../../fakes/studio-in-process.ts";

test("reports total and free memory, and the studio's own use", async () => {
  const { total, free, studio } = await memoryOf(undefined);
  expect(total).toBeLessThanOrEqual(totalmem());
  expect(free).toBeLessThanOrEqual(total);
  expect(studio).toBeGreaterThan(1e7);
});

test.each([
  ["a container's limit", 2e9, 2e9],
  ["no known limit", 0, 16e9],
  ["none at all, which is told as a number beyond any memory", 2 ** 64, 16e9],
])("the limits of this process under %s", (_, limit, usable) => {
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
  missing: [],
  probe: { ok: true },
} as const;

const OFFER = {
  isInstalled: false,
  hasCard: true,
  downloadBytes: 1e9,
  installedBytes: 2e9,
  peakBytes: 2e9,
  freeBytes: 3e9,
  licences: [{ title: "Licence", url: "https://licence.example/", text: "Terms" }],
};

const OTHERS: Omit<CudaInstaller, "install"> = {
  offer: async () => OFFER,
  discard: async () => {},
  remove: async () => true,
};

async function open(cuda: CudaInstaller, probe: () => Promise<readonly DeviceReport[]>) {
  return clientOf((await studioInProcess({ isPassive: true, cuda, probe })).router);
}

test("CUDA support is requested once, and its result is probed", async () => {
  const gate = Promise.withResolvers<void>();
  const install = vi.fn<CudaInstaller["install"]>(() => gate.promise.then(() => REPORT));
  const probe = vi.fn<() => Promise<readonly DeviceReport[]>>(async () => [CPU]);
  const { devices, transfers } = await open({ ...OTHERS, install }, probe);
  expect(await devices.list({})).toEqual([CPU]);
  const first = await devices.installCuda({ acceptsLicence: true });
  expect(await devices.installCuda({ acceptsLicence: true })).toEqual(first);
  probe.mockResolvedValue([{ ...CPU, provider: "cuda" }, CPU]);
  gate.resolve();
  await vi.waitFor(
    async () =>
      expect(await transfers.list()).toMatchObject([
        { id: first.transferId, kind: "cuda", state: "done", note: "CUDA is ready." },
      ]),
    20_000,
  );
  expect(install).toHaveBeenCalledOnce();
  expect((await devices.list({})).map(({ provider }) => provider)).toEqual(["cuda", "cpu"]);
});

test("the size of CUDA support is reported with its licences, and it is removed only while nothing is added", async () => {
  const gate = Promise.withResolvers<void>();
  const install = vi.fn<CudaInstaller["install"]>(() => gate.promise.then(() => REPORT));
  const remove = vi.fn<CudaInstaller["remove"]>(async () => true);
  const probe = vi.fn<() => Promise<readonly DeviceReport[]>>(async () => [CPU]);
  const { devices, transfers } = await open({ ...OTHERS, install, remove }, probe);
  expect(await devices.cudaOffer()).toEqual(OFFER);
  await devices.installCuda({ acceptsLicence: true });
  await vi.waitFor(() => expect(install).toHaveBeenCalled(), 20_000);
  await expect(devices.removeCuda()).rejects.toMatchObject({ code: "STATE_CONFLICT" });
  gate.resolve();
  await vi.waitFor(async () => expect((await transfers.list())[0]?.state).toBe("done"), 20_000);
  await devices.removeCuda();
  expect(remove).toHaveBeenCalledOnce();
});
