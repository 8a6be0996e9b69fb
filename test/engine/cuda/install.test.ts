import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, chmod, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { expect, test } from "vitest";

import { installCuda, uninstallCuda, type CudaOptions } from "../../../engine/cuda/install.ts";
import type { CudaProgress } from "../../../engine/cuda/progress.ts";
import { CUDA_SOURCE } from "../../../engine/cuda/source.ts";
import {
  goodPackage,
  machineWith,
  packageEntries,
  pinOf,
  sourceOf,
  workshop,
  type Workshop,
} from "../../fakes/cuda-package.ts";
import { serveBytes, standInHost, type StandInHost } from "../../fakes/stand-in-host.ts";
import { zipOf } from "../../fakes/zip-writer.ts";

const bytes = goodPackage();
const LIBRARIES = ["libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so"];
const PLACED = ["darkroom-cuda.json", ...LIBRARIES].toSorted();

function optionsFor(
  shop: Workshop,
  host: StandInHost,
  changes: Partial<CudaOptions> = {},
): CudaOptions {
  return {
    targetFolder: shop.targetFolder,
    cacheFolder: shop.cacheFolder,
    source: sourceOf(bytes, `${host.url}/package`),
    environment: machineWith(),
    probe: async () => ({ ok: true, name: "NVIDIA L40" }),
    pausesMs: [],
    ...changes,
  };
}

const failingProbe = async () => {
  return { ok: false, reason: "libcudart.so.13: not found" } as const;
};

const placedIn = async (shop: Workshop) => (await readdir(shop.targetFolder)).toSorted();

test("fetches, checks, places and proves the CUDA libraries", async () => {
  await using shop = await workshop();
  await using host = await standInHost(serveBytes(bytes));
  const stages: string[] = [];
  const onProgress = (progress: CudaProgress) => stages.push(progress.stage);
  expect(await installCuda(optionsFor(shop, host, { onProgress }))).toEqual({
    installed: "placed",
    version: "1.30.0",
    folder: shop.targetFolder,
    libraries: LIBRARIES,
    trust: "pinned in the source",
    missing: [],
    probe: { ok: true, name: "NVIDIA L40" },
  });
  expect(await placedIn(shop)).toEqual(PLACED);
  expect([...new Set(stages)]).toEqual(["downloading", "checking", "unpacking", "probing"]);
  expect(await readdir(shop.cacheFolder)).toEqual([]);
});

test("is done the second time without asking anybody", async () => {
  await using shop = await workshop();
  await using host = await standInHost(serveBytes(bytes));
  await installCuda(optionsFor(shop, host));
  const asked = host.asked.length;
  expect(await installCuda(optionsFor(shop, host))).toMatchObject({ installed: "already there" });
  expect(host.asked).toHaveLength(asked);
});

test("replaces a library that was changed since", async () => {
  await using shop = await workshop();
  await using host = await standInHost(serveBytes(bytes));
  await installCuda(optionsFor(shop, host));
  const cuda = join(shop.targetFolder, LIBRARIES[1]!);
  const right = await readFile(cuda);
  await appendFile(cuda, "damage");
  expect(await installCuda(optionsFor(shop, host))).toMatchObject({ installed: "placed" });
  expect(await readFile(cuda)).toEqual(right);
});

test("asks the publisher where the source brings no pin, follows it through redirects, keeps it", async () => {
  await using shop = await workshop();
  await using host = await standInHost((response, request, count) => {
    const path = request.url ?? "";
    const documents: Record<string, unknown> = {
      "/index.json": { resources: [{ "@id": host.url, "@type": "RegistrationsBaseUrl" }] },
      "/microsoft.ml.onnxruntime.gpu.linux/1.30.0.json": {
        catalogEntry: `${host.url}/entry.json`,
        packageContent: `${host.url}/moved`,
      },
      "/entry.json": {
        id: CUDA_SOURCE.id,
        version: "1.30.0",
        packageHash: pinOf(bytes, "").sha512,
        packageHashAlgorithm: "SHA512",
        packageSize: bytes.byteLength,
      },
    };
    if (path === "/moved") response.writeHead(302, { location: "/package" }).end();
    else if (path === "/package") serveBytes(bytes)(response, request, count);
    else response.end(JSON.stringify(documents[path]));
  });
  const source = { ...CUDA_SOURCE, index: `${host.url}/index.json` };
  const report = await installCuda(optionsFor(shop, host, { source }));
  expect(report).toMatchObject({ installed: "placed", trust: "stated by the publisher" });
  expect(await readdir(shop.cacheFolder)).toEqual([`${CUDA_SOURCE.id}.1.30.0.pin.json`]);
});

test("says what the machine lacks, and why the device did not answer", async () => {
  await using shop = await workshop();
  await using host = await standInHost(serveBytes(bytes));
  const environment = machineWith({ loaderCache: async () => "", nvidiaSmi: async () => null });
  const report = await installCuda(optionsFor(shop, host, { environment, probe: failingProbe }));
  expect(report.missing.map((part) => part.what)).toEqual([
    "NVIDIA's driver, 580 or newer (libcuda.so.1)",
    "CUDA 13 (libcublasLt.so.13, libcublas.so.13, libcurand.so.10, libcudart.so.13)",
    "cuDNN 9 (libcudnn.so.9)",
  ]);
  expect(report.probe).toEqual({ ok: false, reason: "libcudart.so.13: not found" });
});

test("believes the MatMul rather than its own search", async () => {
  await using shop = await workshop();
  await using host = await standInHost(serveBytes(bytes));
  const cudnn = "\tlibcudnn.so.9 (libc6,x86-64) => /usr/lib/libcudnn.so.9\n";
  const environment = machineWith({ loaderCache: async () => cudnn });
  expect((await installCuda(optionsFor(shop, host, { environment }))).missing).toEqual([]);
});

test("places nothing of bytes that are not the pinned package's, and forgets them", async () => {
  await using shop = await workshop();
  const spoilt = Uint8Array.from(bytes).fill(1, 5_000, 5_010);
  await using host = await standInHost(serveBytes(spoilt));
  await expect(installCuda(optionsFor(shop, host))).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_DAMAGED",
  });
  expect(await placedIn(shop)).toEqual([]);
  expect(await readdir(shop.cacheFolder)).toEqual([]);
});

test.each([
  [
    "lacks a library",
    () => packageEntries().slice(0, 2),
    "it lacks runtimes/linux-x64/native/libonnxruntime_providers_cuda.so",
  ],
  [
    "holds something else under a library's name",
    () =>
      packageEntries().map((entry) =>
        entry.name.endsWith("_cuda.so")
          ? { name: entry.name, data: Buffer.from("#!/bin/sh\n") }
          : entry,
      ),
    "libonnxruntime_providers_cuda.so is not a library for Linux x64",
  ],
])("places nothing of a pinned package that %s, and forgets it", async (_, entries, reason) => {
  await using shop = await workshop();
  const archive = zipOf(entries());
  await using host = await standInHost(serveBytes(archive));
  const source = sourceOf(archive, `${host.url}/package`);
  await expect(installCuda(optionsFor(shop, host, { source }))).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_DAMAGED",
    details: { reason },
  });
  expect(await placedIn(shop)).toEqual([]);
  expect(await readdir(shop.cacheFolder)).toEqual([]);
});

test("refuses before the first byte where the disk lacks the room", async () => {
  await using shop = await workshop();
  await using host = await standInHost(serveBytes(bytes));
  const environment = machineWith({ freeBytes: async () => 272_000_000 });
  await expect(installCuda(optionsFor(shop, host, { environment }))).rejects.toMatchObject({
    code: "DISK_FULL",
  });
  expect(host.asked).toEqual([]);
  expect(await placedIn(shop)).toEqual([]);
});

test("counts what it already has when it looks for room", async () => {
  await using shop = await workshop();
  await using host = await standInHost((response, request, count) => {
    serveBytes(bytes, count === 1 ? { holdAt: 200_000 } : {})(response, request, count);
  });
  let ticks = 0;
  const cutOnce = (progress: CudaProgress) => {
    if (progress.stage === "downloading" && progress.receivedBytes === 200_000) host.cut();
  };
  const changes = { onProgress: cutOnce, now: () => (ticks += 1_000) };
  await expect(installCuda(optionsFor(shop, host, changes))).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_FAILED",
  });
  const unpacked = CUDA_SOURCE.libraries.reduce((sum, { expectedBytes }) => sum + expectedBytes, 0);
  const justEnough = unpacked + bytes.byteLength - 200_000;
  const environment = machineWith({ freeBytes: async () => justEnough });
  expect(await installCuda(optionsFor(shop, host, { environment }))).toMatchObject({
    installed: "placed",
  });
});

test.skipIf(process.getuid?.() === 0)("names a folder that may not be written to", async () => {
  await using shop = await workshop();
  await using host = await standInHost(serveBytes(bytes));
  await chmod(shop.targetFolder, 0o555);
  await expect(installCuda(optionsFor(shop, host))).rejects.toMatchObject({
    code: "CUDA_UNSUPPORTED",
    details: { reason: `${shop.targetFolder} may not be written to` },
  });
  await chmod(shop.targetFolder, 0o755);
});

test("refuses on a platform without CUDA before it looks at anything", async () => {
  await using shop = await workshop();
  await using host = await standInHost(serveBytes(bytes));
  const environment = machineWith({ platform: "win32" });
  await expect(installCuda(optionsFor(shop, host, { environment }))).rejects.toMatchObject({
    code: "CUDA_UNSUPPORTED",
    message: expect.stringContaining("DirectML (dml)"),
  });
  expect(host.asked).toEqual([]);
});

test("places nothing when cancelled, and asks for nothing twice afterwards", async () => {
  await using shop = await workshop();
  await using host = await standInHost(serveBytes(bytes));
  const cancel = new AbortController();
  const onProgress = (progress: CudaProgress) => {
    if (progress.stage === "checking") cancel.abort(new Error("enough"));
  };
  const cancelled = installCuda(optionsFor(shop, host, { onProgress, signal: cancel.signal }));
  await expect(cancelled).rejects.toThrow("enough");
  expect(await placedIn(shop)).toEqual([]);
  await installCuda(optionsFor(shop, host));
  expect(host.asked).toHaveLength(1);
  expect(await placedIn(shop)).toEqual(PLACED);
});

test("does not start the device for a caller who has left", async () => {
  await using shop = await workshop();
  await using host = await standInHost(serveBytes(bytes));
  const cancel = new AbortController();
  const { signal } = cancel;
  const environment = machineWith({
    loaderCache: async () => {
      cancel.abort(new Error("enough"));
      return "";
    },
  });
  let probes = 0;
  const probe = async () => {
    probes++;
    return { ok: true } as const;
  };
  const cancelled = installCuda(optionsFor(shop, host, { environment, probe, signal }));
  await expect(cancelled).rejects.toThrow("enough");
  expect(probes).toBe(0);
  expect(await placedIn(shop)).toEqual(PLACED);
});

test("goes on after kill -9 in the middle of the download", async () => {
  await using shop = await workshop();
  await using host = await standInHost((response, request, count) => {
    serveBytes(bytes, count === 1 ? { holdAt: 200_000 } : {})(response, request, count);
  });
  const child = new URL("../../fakes/cuda-child.ts", import.meta.url).pathname;
  const url = `${host.url}/package`;
  const killed = spawn(process.execPath, [child, url, shop.targetFolder, shop.cacheFolder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: killed.stdout })) {
    if (Number(line) >= 200_000) break;
  }
  const exited = once(killed, "exit");
  killed.kill("SIGKILL");
  expect(await exited).toEqual([null, "SIGKILL"]);
  expect(await placedIn(shop)).toEqual([]);

  expect(await installCuda(optionsFor(shop, host))).toMatchObject({ installed: "placed" });
  expect(host.asked.map((asked) => asked.range)).toEqual([undefined, "bytes=200000-"]);
  expect(await placedIn(shop)).toEqual(PLACED);
});

test("uninstalls libraries and half-fetched package, and keeps the pin", async () => {
  await using shop = await workshop();
  await using host = await standInHost(serveBytes(bytes));
  const options = optionsFor(shop, host);
  await installCuda(options);
  expect(await uninstallCuda(options)).toEqual(
    ["darkroom-cuda.json", ...LIBRARIES].map((name) => join(shop.targetFolder, name)),
  );
  expect(await placedIn(shop)).toEqual([]);
  expect(await uninstallCuda(options)).toEqual([]);
});
