import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { CudaEnvironment } from "../../engine/cuda/machine.ts";
import { CUDA_SOURCE, type CudaSource, type PackagePin } from "../../engine/cuda/source.ts";
import { elfOf } from "./elf-writer.ts";
import { zipOf, type ZipEntry } from "./zip-writer.ts";

/** What the 1.30.0 provider links to, as others measured it (see engine/cuda/requirements.ts). */
export const NEEDED = [
  "libcublasLt.so.13",
  "libcublas.so.13",
  "libcurand.so.10",
  "libcudart.so.13",
  "libcuda.so.1",
  "libstdc++.so.6",
  "libc.so.6",
];

const [SHARED, CUDA] = CUDA_SOURCE.libraries.map((library) => library.path);

/** Bytes that do not compress and are the same every time: a counter, hashed. */
export function noise(sizeBytes: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(sizeBytes / 64) }, (_, index) =>
    createHash("sha512").update(String(index)).digest(),
  );
  return Buffer.concat(blocks).subarray(0, sizeBytes);
}

/** The package's entries as the publisher's has them, TensorRT's and the signature included. */
export function packageEntries(): ZipEntry[] {
  const tensorrt = CUDA!.replace("_cuda", "_tensorrt");
  return [
    { name: "_rels/.rels", data: Buffer.from("<Relationships/>") },
    { name: SHARED!, data: elfOf(["libc.so.6"]) },
    { name: CUDA!, data: elfOf(NEEDED, { runPath: "$ORIGIN", payload: noise(300_000) }) },
    { name: tensorrt, data: elfOf(["libnvinfer.so.10"]) },
    { name: ".signature.p7s", data: Buffer.from("signed"), stored: true },
  ];
}

export function goodPackage(): Uint8Array {
  return zipOf(packageEntries());
}

export function pinOf(bytes: Uint8Array, url: string): PackagePin {
  const sha512 = createHash("sha512").update(bytes).digest("base64");
  return { url, sizeBytes: bytes.byteLength, sha512 };
}

/** The real source's libraries, to be had from `url` as these bytes. */
export function sourceOf(bytes: Uint8Array, url: string): CudaSource {
  return { ...CUDA_SOURCE, pin: pinOf(bytes, url) };
}

/** A Linux machine that has everything; `changes` take things away. */
export function machineWith(changes: Partial<CudaEnvironment> = {}): CudaEnvironment {
  const names = [...NEEDED, "libcudnn.so.9"];
  return {
    platform: "linux",
    arch: "x64",
    libraryPath: "",
    loaderCache: async () =>
      names.map((name) => `\t${name} (libc6,x86-64) => /usr/lib/${name}\n`).join(""),
    nvidiaSmi: async () => "NVIDIA L40, 595.91.07\n",
    namesIn: async () => [],
    freeBytes: async () => 1e12,
    ...changes,
  };
}

export interface Workshop extends AsyncDisposable {
  readonly targetFolder: string;
  readonly cacheFolder: string;
}

/** A binding's folder and a cache, gone when the test ends. */
export async function workshop(): Promise<Workshop> {
  const root = await mkdtemp(join(tmpdir(), "cuda-test-"));
  const targetFolder = join(root, "x64");
  await mkdir(targetFolder);
  return {
    targetFolder,
    cacheFolder: join(root, "cache"),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
