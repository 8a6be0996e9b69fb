import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { discardCudaPackage, installCuda, uninstallCuda } from "../cuda/install.ts";
import type { CudaProgress } from "../cuda/progress.ts";
import { formatCudaReport, isCudaReady, type CudaProbe, type CudaReport } from "../cuda/report.ts";
import { probeDevice } from "../runtime/probe.ts";
import { cacheFolder } from "../store/cache-folder.ts";

export interface CudaSupportOptions {
  /** Take the libraries away instead. */
  readonly remove: boolean;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Puts ONNX Runtime's CUDA libraries beside its binding, tries one product on the device, and tells about it. */
export async function installCudaSupport(
  options: CudaSupportOptions,
): Promise<{ readonly text: string; readonly isReady: boolean }> {
  if (options.remove) {
    const removed = await uninstallCuda(folders());
    const text =
      removed.length === 0 ? "There were no CUDA libraries." : `Removed ${removed.join(", ")}.`;
    return { text, isReady: true };
  }
  const onProgress = (progress: CudaProgress): void => options.onProgress(inWords(progress));
  const report = await THIS_CUDA.install({ onProgress, signal: options.signal });
  return { text: formatCudaReport(report), isReady: isCudaReady(report) };
}

/** What a machine can do about CUDA: tests hand in one that fetches from another host. */
export interface CudaInstaller {
  install(watching: {
    readonly onProgress: (progress: CudaProgress) => void;
    readonly signal?: AbortSignal | undefined;
  }): Promise<CudaReport>;
  /** Removes what is half fetched. */
  discard(): Promise<void>;
}

/** This machine's. */
export const THIS_CUDA: CudaInstaller = {
  install: ({ onProgress, signal }) =>
    installCuda({ ...folders(), probe, onProgress, ...(signal && { signal }) }),
  discard: () => discardCudaPackage(folders()),
};

function folders() {
  return { targetFolder: bindingFolder(), cacheFolder: join(cacheFolder(), "cuda") };
}

/** Libraries that were unpacked a moment ago are read from the disk for the first time. */
const FIRST_USE_MS = 120_000;

async function probe(): Promise<CudaProbe> {
  const { available, reason } = await probeDevice("cuda", { patienceMs: FIRST_USE_MS });
  return available ? { ok: true } : { ok: false, reason: reason ?? "it gave no reason" };
}

/** Where onnxruntime-node keeps its libraries for this platform. */
function bindingFolder(): string {
  const entry = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  return join(dirname(entry), "bin", "napi-v6", process.platform, process.arch);
}

function inWords(progress: CudaProgress): string {
  switch (progress.stage) {
    case "asking":
      return "Asking the publisher what the package should be";
    case "downloading":
      return downloadInWords(progress);
    case "checking":
      return "Checking the package";
    case "unpacking":
      return `Unpacking ${progress.name}`;
    case "probing":
      return "Multiplying two matrices on the device";
  }
}

function downloadInWords({
  receivedBytes,
  totalBytes,
  bytesPerSecond,
  secondsLeft,
}: Extract<CudaProgress, { stage: "downloading" }>): string {
  const [received, total] = [receivedBytes, totalBytes].map((bytes) => (bytes / 1e6).toFixed(0));
  const rate = bytesPerSecond === null ? "" : `, ${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
  const left = secondsLeft === null ? "" : `, ${secondsLeft.toFixed(0)} s left`;
  return `Fetching the CUDA libraries: ${received} of ${total} MB${rate}${left}`;
}
