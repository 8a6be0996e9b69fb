import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { cudaNeeds, installCuda, type CudaOptions } from "../cuda/install.ts";
import type { CudaOffer } from "../contract/devices.ts";
import { readLicences } from "../cuda/licence.ts";
import { alone, discardParts, placedFolder, removePlacement } from "../cuda/placement.ts";
import type { CudaProbe, CudaReport } from "../cuda/report.ts";
import { CUDA_SOURCE } from "../cuda/source.ts";
import { dataFolderPath } from "../files/data-folder.ts";
import { hasNvidiaCard } from "../runtime/nvidia-card.ts";
import { probeDevice } from "../runtime/probe.ts";
import type { Libraries } from "./devices.ts";

/** CUDA support of one data folder. Tests pass one that downloads from another host. */
export interface CudaInstaller {
  offer(): Promise<CudaOffer>;
  install(watching: InstallOptions): Promise<CudaReport>;
  /** Removes partial downloads. */
  discard(): Promise<void>;
  /** Removes everything; returns whether there was anything. */
  remove(): Promise<boolean>;
}

type InstallOptions = Pick<CudaOptions, "acceptsLicence" | "onProgress" | "signal" | "index">;

/** CUDA support in a data folder, by default this user's. `changes` are for tests. */
export function cudaInstaller(
  dataFolder: string = dataFolderPath(),
  changes: Partial<CudaOptions> = {},
): CudaInstaller {
  const folder = folderIn(dataFolder);
  const source = changes.source ?? CUDA_SOURCE;
  const placement = { folder, runtimeLibrary: changes.runtimeLibrary ?? runtimeLibrary() };
  const libraries = () => placedFolder(folder, source);
  return {
    offer: async () => ({
      ...(await cudaNeeds(placement, { source })),
      isInstalled: libraries() !== undefined,
      hasCard: (await hasNvidiaCard()) ?? true,
      licences: await readLicences(),
    }),
    install: (options) =>
      installCuda({ ...placement, probe: () => probe(libraries), ...options, ...changes }),
    discard: () => alone(folder, () => discardParts(folder)),
    remove: () => alone(folder, () => removePlacement(folder)),
  };
}

/** Where the inference process finds a data folder's CUDA libraries, once they are complete. */
export function cudaLibraries(dataFolder?: string): Libraries {
  return () => {
    try {
      return placedFolder(folderIn(dataFolder ?? dataFolderPath()), CUDA_SOURCE);
    } catch {
      // A user without a home folder has no data folder, and so no libraries in it.
      return undefined;
    }
  };
}

function folderIn(dataFolder: string): string {
  return join(dataFolder, "cuda");
}

/** The first read of newly unpacked libraries from the disk takes long. */
const FIRST_USE_MS = 120_000;

async function probe(libraries: Libraries): Promise<CudaProbe> {
  const options = { patienceMs: FIRST_USE_MS, libraries };
  const { available, reason } = await probeDevice("cuda", options);
  return available ? { ok: true } : { ok: false, reason: reason ?? "it gave no reason" };
}

/** ONNX Runtime's own library in the Linux package of onnxruntime-node. */
function runtimeLibrary(): string {
  const entry = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  const { platform, arch } = process;
  return join(dirname(entry), "bin", "napi-v6", platform, arch, "libonnxruntime.so.1");
}
