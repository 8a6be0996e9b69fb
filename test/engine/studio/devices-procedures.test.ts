import { expect, onTestFinished, test, vi } from "vitest";
import type { DeviceReport } from "../../../engine/contract/devices.ts";
import type { CudaInstaller } from "../../../engine/drawing/cuda.ts";
import { clientOf } from "../../../engine/server/client-of.ts";
import { createStudio } from "../../../engine/studio/create-studio.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

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
  const dataFolder = temporaryFolder();
  const studio = await createStudio({
    dataFolder,
    cacheFolder: dataFolder,
    isPassive: true,
    cuda,
    probe,
    addressOf: (kind, id) => `/pictures/${kind}/${id}`,
    freshAddress: () => "http://studio.invalid",
    logError: (error) => expect.unreachable(String(error)),
  });
  onTestFinished(() => studio.close());
  return clientOf(studio.router);
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
