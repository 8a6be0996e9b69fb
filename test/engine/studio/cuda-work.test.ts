import { readdir } from "node:fs/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { readLicences } from "../../../engine/cuda/licence.ts";
import type { CudaOptions } from "../../../engine/cuda/install.ts";
import { discardParts, removePlacement } from "../../../engine/cuda/placement.ts";
import type { CudaInstaller } from "../../../engine/drawing/cuda.ts";
import { cudaWork } from "../../../engine/studio/cuda-work.ts";
import { Transfers } from "../../../engine/transfers/transfers.ts";
import {
  GOOD_MACHINE,
  indexAnswer,
  installFrom,
  WHEELS,
  workshopIn,
  type Workshop,
} from "../../fakes/cuda-wheels.ts";
import { scriptedRunners } from "../../fakes/scripted-runner.ts";
import { type Answer, standInHost, type StandInHost } from "../../fakes/stand-in-host.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const TOTAL = WHEELS.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
const NEEDS = { downloadBytes: 1, installedBytes: 1, peakBytes: 1, freeBytes: 2 };

/** The real installer, downloading from a host on this machine. */
function installerFor(
  shop: Workshop,
  host: StandInHost,
  changes: Partial<CudaOptions> = {},
): CudaInstaller {
  return {
    offer: async () => ({
      ...NEEDS,
      isInstalled: false,
      hasCard: true,
      licences: await readLicences(),
    }),
    install: ({ index: _public, ...options }) =>
      installFrom(host.url, shop, { ...options, ...changes }),
    discard: () => discardParts(shop.folder),
    remove: () => removePlacement(shop.folder),
  };
}

async function bring(installer: CudaInstaller) {
  const onLibraries = vi.fn<() => Promise<unknown>>(async () => []);
  const transfers = await Transfers.open({
    dataFolder: temporaryFolder(),
    onChange: () => {},
    onRemove: () => {},
    tickMs: 20,
  });
  transfers.begin({
    ...scriptedRunners(),
    cuda: cudaWork({ installer, onLibraries }),
  });
  onTestFinished(() => transfers.close());
  const id = await transfers.add({ kind: "cuda", name: "ONNX Runtime", order: null });
  const transfer = () => transfers.list()[0]!;
  const until = (state: string) =>
    vi.waitFor(() => expect(transfer().state).toBe(state), { timeout: 20_000 });
  return { transfers, transfer, until, onLibraries, id };
}

async function served(answer: Answer = indexAnswer()) {
  const shop = workshopIn(temporaryFolder());
  const host = await standInHost(answer);
  onTestFinished(() => host[Symbol.asyncDispose]());
  return { shop, host };
}

test("the libraries are installed as a transfer, and the devices are probed again", async () => {
  const { shop, host } = await served();
  const { transfer, until, onLibraries } = await bring(installerFor(shop, host));
  await until("done");
  expect(transfer()).toMatchObject({
    kind: "cuda",
    doneBytes: TOTAL,
    totalBytes: TOTAL,
    note: "CUDA is ready.",
  });
  expect(transfer().modelId).toBeUndefined();
  expect(onLibraries).toHaveBeenCalledOnce();
  expect(await readdir(shop.folder)).toContain("libonnxruntime_providers_cuda.so");
});

test("what else the machine lacks is reported", async () => {
  const { shop, host } = await served();
  const probe = async () => ({ ok: false, reason: "NVIDIA's driver is not installed" }) as const;
  const machine = { ...GOOD_MACHINE, nvidiaSmi: async () => null };
  const { transfer, until } = await bring(installerFor(shop, host, { probe, machine }));
  await until("done");
  expect(transfer().note).toMatch(
    /^The libraries are installed, but CUDA is not ready\. Missing: .*driver/,
  );
});

test("cancelled in mid-run it leaves no partial download", async () => {
  const { shop, host } = await served(indexAnswer({ serving: () => ({ holdAt: 10_000 }) }));
  const { transfers, until, id, onLibraries } = await bring(installerFor(shop, host));
  const names = () => readdir(shop.folder).catch(() => []);
  await vi.waitFor(async () => expect(await names()).not.toEqual([]), 20_000);
  await transfers.cancel([id]);
  await until("cancelled");
  await vi.waitFor(async () => expect(await names()).toEqual([]), 20_000);
  expect(onLibraries).not.toHaveBeenCalled();
});

test("a host that refuses makes it fail by name, and a new request continues it", async () => {
  const good = indexAnswer();
  const answer: Answer = (response, request, count) =>
    count === 1 ? void response.writeHead(404).end() : good(response, request, count);
  const { shop, host } = await served(answer);
  const { transfers, transfer, until, id } = await bring(installerFor(shop, host));
  await until("failed");
  expect(transfer().error?.code).toBe("CUDA_DOWNLOAD_FAILED");
  const again = await transfers.add({ kind: "cuda", name: "ONNX Runtime", order: null });
  await until("done");
  expect(again).toBe(id);
});
