import { mkdir } from "node:fs/promises";
import { StudioError } from "../contract/errors.ts";
import type { Fetch, Http } from "../download/http.ts";
import { discardPart } from "../download/part.ts";
import { proxiedFetch } from "../download/proxied-fetch.ts";
import { diskSpace } from "../files/free-space.ts";
import { downloadDamaged, downloadFailed, downloadWheel } from "./download.ts";
import { ensureSpace, needsOf, writingTo, type CudaNeeds } from "./needs.ts";
import { packageIndex, type PackageIndex } from "./package-index.ts";
import {
  alone,
  hasBytes,
  missingWheels,
  partOf,
  place,
  placeRuntime,
  type Placement,
} from "./placement.ts";
import { progressMeter, type CudaProgress } from "./progress.ts";
import type { CudaProbe, CudaReport } from "./report.ts";
import { askNvidiaSmi, missingParts } from "./requirements.ts";
import { CUDA_SOURCE, type CudaSource, type Wheel } from "./source.ts";
import { unpackLibraries } from "./unpack.ts";

/** Options of `installCuda`. */
export interface CudaOptions extends Placement {
  /** Whether NVIDIA's licence was accepted; nothing is downloaded without it. */
  readonly acceptsLicence: boolean;
  /** Computes one product on the CUDA device, in its own process that finds the libraries. */
  readonly probe: () => Promise<CudaProbe>;
  readonly source?: CudaSource;
  readonly index?: PackageIndex | undefined;
  readonly machine?: Partial<CudaMachine>;
  readonly onProgress?: (progress: CudaProgress) => void;
  readonly signal?: AbortSignal | undefined;
  readonly fetch?: Fetch;
  readonly stallMs?: number;
  readonly pausesMs?: readonly number[];
  readonly now?: () => number;
}

/** What is asked about the machine. */
export interface CudaMachine {
  /** As in `linux-x64`. */
  readonly platform: string;
  /** Bytes that this user can still write to the disk of a folder. */
  readonly freeBytes: (folder: string) => Promise<number>;
  readonly nvidiaSmi: () => Promise<string | null>;
}

const THIS_MACHINE: CudaMachine = {
  platform: `${process.platform}-${process.arch}`,
  freeBytes: async (folder) => (await diskSpace(folder)).free,
  nvidiaSmi: askNvidiaSmi,
};

interface Job extends Placement {
  readonly source: CudaSource;
  readonly index: PackageIndex;
  readonly onProgress: (progress: CudaProgress) => void;
  readonly now: () => number;
  readonly http: Http;
}

const PATIENCE = { stallMs: 30_000, pausesMs: [1_000, 4_000, 15_000, 30_000], reachMs: 5_000 };

/**
 * Downloads ONNX Runtime's CUDA provider and the libraries it needs, installs them wheel by wheel, and computes one
 * product on the device. Makes no requests if everything is installed. Refuses as CUDA_UNSUPPORTED, CUDA_LICENCE,
 * CUDA_DOWNLOAD_FAILED, CUDA_DOWNLOAD_DAMAGED, DISK_FULL or, while another installer runs, STATE_CONFLICT; a cancel
 * rejects with the signal's reason. Finished downloads are kept in all cases.
 */
export async function installCuda(options: CudaOptions): Promise<CudaReport> {
  const machine = { ...THIS_MACHINE, ...options.machine };
  const obstacle = platformObstacle(machine.platform);
  if (obstacle !== null) throw new StudioError("CUDA_UNSUPPORTED", { reason: obstacle });
  const job = jobOf(options);
  const { source, folder, http } = job;
  job.onProgress({ stage: "checking" });
  const missing = await missingWheels(job, source, hasBytes(http.signal));
  if (missing.length > 0 && !options.acceptsLicence) throw new StudioError("CUDA_LICENCE", {});
  const freeBytes = await machine.freeBytes(folder);
  await alone(folder, () => fetchMissing(job, missing, freeBytes));
  http.signal?.throwIfAborted();
  job.onProgress({ stage: "probing" });
  const probe = await options.probe();
  return {
    installed: missing.length > 0 ? "placed" : "already there",
    version: source.version,
    folder,
    missing: probe.ok ? [] : missingParts(probe.reason, await machine.nvidiaSmi()),
    probe,
  };
}

/** What `installCuda` still needs. */
export async function cudaNeeds(
  placement: Placement,
  { source = CUDA_SOURCE, freeBytes = THIS_MACHINE.freeBytes } = {},
): Promise<CudaNeeds> {
  const missing = await missingWheels(placement, source);
  return needsOf(placement, missing, await freeBytes(placement.folder));
}

/** Why CUDA cannot be used on this platform, and the alternative; null on Linux x64. */
export function platformObstacle(platform: string): string | null {
  if (platform === "linux-x64") return null;
  // onnxruntime-node 1.30 for Windows has no provider called `cuda`.
  if (platform.startsWith("win32")) {
    return "on Windows the graphics card is used through DirectML (dml), which is built in";
  }
  if (platform === "darwin-arm64") {
    return "a Mac has no CUDA; its graphics chip is used through Core ML (coreml), which is built in";
  }
  return `onnxruntime-node has no CUDA for ${platform.replace("-", " on ")}`;
}

function jobOf(options: CudaOptions): Job {
  const { fetch = proxiedFetch(), stallMs, pausesMs, signal } = options;
  const { folder, runtimeLibrary, source = CUDA_SOURCE, index = packageIndex() } = options;
  const { onProgress = () => {}, now = () => performance.now() } = options;
  const http = {
    fetch,
    failed: downloadFailed,
    stallMs: stallMs ?? PATIENCE.stallMs,
    pausesMs: pausesMs ?? PATIENCE.pausesMs,
    reachMs: PATIENCE.reachMs,
    // A user who configures an index without TLS trusts the network.
    plainHost: index.url.protocol === "http:" ? index.url.host : undefined,
    signal,
  };
  return { folder, runtimeLibrary, source, index, onProgress, now, http };
}

async function fetchMissing(job: Job, missing: readonly Wheel[], freeBytes: number): Promise<void> {
  const { folder, source, http, onProgress, now } = job;
  const needs = await needsOf(job, missing, freeBytes);
  if (missing.length > 0) {
    onProgress({ stage: "planned", ...needs });
    ensureSpace(folder, needs);
  }
  await writingTo(folder, needs.peakBytes, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const totalBytes = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const meter = progressMeter(totalBytes, now);
    let before = 0;
    for (const wheel of missing) {
      const onBytes = (held: number): void => {
        const progress = meter(before + held);
        if (progress !== null) onProgress(progress);
      };
      await fetchWheel(wheel, job, onBytes);
      before += wheel.sizeBytes;
    }
    await placeRuntime(job, source, http.signal);
  });
}

/** Downloads a wheel and installs its libraries; a damaged wheel is deleted. */
async function fetchWheel(
  wheel: Wheel,
  { folder, source, index, http, onProgress }: Job,
  onBytes: (held: number) => void,
): Promise<void> {
  const part = partOf(folder, wheel);
  try {
    const url = await downloadWheel({ wheel, index, part, http, onBytes });
    await place(folder, source, (workplace) =>
      unpackLibraries({
        archive: part,
        libraries: wheel.libraries,
        folder: workplace,
        signal: http.signal,
        onLibrary: (name) => onProgress({ stage: "unpacking", name }),
        damaged: (reason) => downloadDamaged(url, reason),
      }),
    );
  } catch (error) {
    const isSpoilt = error instanceof StudioError && error.code === "CUDA_DOWNLOAD_DAMAGED";
    if (isSpoilt) await discardPart(part);
    throw error;
  }
  await discardPart(part);
}
