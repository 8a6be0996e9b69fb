import { readdir } from "node:fs/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { discardCudaPackage, installCuda, type CudaOptions } from "../../../engine/cuda/install.ts";
import type { CudaInstaller } from "../../../engine/drawing/cuda.ts";
import { cudaWork } from "../../../engine/studio/cuda-work.ts";
import { Transfers } from "../../../engine/transfers/transfers.ts";
import {
  goodPackage,
  machineWith,
  sourceOf,
  workshop,
  type Workshop,
} from "../../fakes/cuda-package.ts";
import { scriptedRunners } from "../../fakes/scripted-runner.ts";
import {
  type Answer,
  serveBytes,
  standInHost,
  type StandInHost,
} from "../../fakes/stand-in-host.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const bytes = goodPackage();

/** The real installer, which fetches from a host of this machine. */
function installerFor(
  { targetFolder, cacheFolder }: Workshop,
  host: StandInHost,
  changes: Partial<CudaOptions> = {},
): CudaInstaller {
  const source = sourceOf(bytes, `${host.url}/package`);
  return {
    install: ({ onProgress, signal }) =>
      installCuda({
        targetFolder,
        cacheFolder,
        source,
        environment: machineWith(),
        probe: async () => ({ ok: true }),
        pausesMs: [],
        onProgress,
        ...(signal && { signal }),
        ...changes,
      }),
    discard: () => discardCudaPackage({ cacheFolder, source }),
  };
}

async function bring(installer: CudaInstaller) {
  const onInstalled = vi.fn<() => Promise<unknown>>(async () => []);
  const transfers = await Transfers.open({
    dataFolder: temporaryFolder(),
    onChange: () => {},
    onRemove: () => {},
    tickMs: 20,
  });
  transfers.begin({
    ...scriptedRunners(),
    cuda: cudaWork({ installer, onInstalled }),
  });
  onTestFinished(() => transfers.close());
  const id = await transfers.add({ kind: "cuda", name: "ONNX Runtime", order: null });
  const transfer = () => transfers.list()[0]!;
  const until = (state: string) => vi.waitFor(() => expect(transfer().state).toBe(state));
  return { transfers, transfer, until, onInstalled, id };
}

async function served(answer: Answer = serveBytes(bytes)) {
  const shop = await workshop();
  const host = await standInHost(answer);
  onTestFinished(async () => {
    await host[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  });
  return { shop, host };
}

test("the libraries come as a transfer does, and the devices are tried again", async () => {
  const { shop, host } = await served();
  const { transfer, until, onInstalled } = await bring(installerFor(shop, host));
  await until("done");
  expect(transfer()).toMatchObject({
    kind: "cuda",
    doneBytes: bytes.byteLength,
    totalBytes: bytes.byteLength,
    note: "CUDA is ready",
  });
  expect(transfer().modelId).toBeUndefined();
  expect(onInstalled).toHaveBeenCalledOnce();
  expect(await readdir(shop.targetFolder)).toContain("libonnxruntime_providers_cuda.so");
});

test("what the machine lacks besides is said", async () => {
  const { shop, host } = await served();
  const probe = async () => ({ ok: false, reason: "libcudart.so.13: not found" }) as const;
  const environment = machineWith({ loaderCache: async () => "", nvidiaSmi: async () => null });
  const { transfer, until } = await bring(installerFor(shop, host, { probe, environment }));
  await until("done");
  expect(transfer().note).toMatch(/^the libraries are in place, and this is missing: .*driver/i);
});

test("cancelled in mid-run it leaves nothing half fetched", async () => {
  const { shop, host } = await served(serveBytes(bytes, { holdAt: 100_000 }));
  const { transfers, until, id, onInstalled } = await bring(installerFor(shop, host));
  await vi.waitFor(async () => expect(await readdir(shop.cacheFolder)).not.toEqual([]));
  await transfers.cancel([id]);
  await until("cancelled");
  await vi.waitFor(async () => expect(await readdir(shop.cacheFolder)).toEqual([]));
  expect(onInstalled).not.toHaveBeenCalled();
});

test("a host that refuses fails it by name, and asking again goes on with it", async () => {
  const answer: Answer = (response, request, count) =>
    count === 1 ? void response.writeHead(404).end() : serveBytes(bytes)(response, request, count);
  const { shop, host } = await served(answer);
  const { transfers, transfer, until, id } = await bring(installerFor(shop, host));
  await until("failed");
  expect(transfer().error?.code).toBe("CUDA_DOWNLOAD_FAILED");
  const again = await transfers.add({ kind: "cuda", name: "ONNX Runtime", order: null });
  await until("done");
  expect(again).toBe(id);
});
