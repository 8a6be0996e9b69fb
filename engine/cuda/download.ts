import { dirname } from "node:path";

import { StudioError } from "../contract/errors.ts";
import { downloadFile } from "../download/file-download.ts";
import type { Http } from "../download/http.ts";
import { discardPart } from "../download/part.ts";
import { writingTo } from "./disk.ts";
import { progressMeter, type CudaProgress } from "./progress.ts";
import type { PackagePin } from "./source.ts";

/** A package on its way into the file `part`, which survives between runs. */
export interface PackageDownload {
  readonly pin: PackagePin;
  readonly part: string;
  readonly http: Http;
  readonly now: () => number;
  readonly onProgress: (progress: CudaProgress) => void;
}

/** The refusal for a download that will not come. */
export function downloadFailed(url: string, reason: string): StudioError {
  return new StudioError("CUDA_DOWNLOAD_FAILED", { url, reason });
}

/** The refusal for bytes that are not the pinned package's. */
export function downloadDamaged(url: string, reason: string): StudioError {
  return new StudioError("CUDA_DOWNLOAD_DAMAGED", { url, reason });
}

/**
 * Brings `part` to its full length, going on where an earlier run stopped, and checks its SHA-512.
 * When it returns, `part` is the pinned package. A part that turns out wrong is discarded; one that
 * is only cut short, by the network, a kill or a cancel, stays.
 */
export async function downloadPackage(download: PackageDownload): Promise<void> {
  const { pin, part, http, onProgress } = download;
  const meter = progressMeter(pin.sizeBytes, download.now);
  const onBytes = (receivedBytes: number) => {
    const progress = meter(receivedBytes);
    if (progress) onProgress(progress);
  };
  const { url, sizeBytes } = pin;
  const damaged = downloadDamaged;
  const file = { url, sizeBytes, part, algorithm: "sha512", http, onBytes, damaged } as const;
  const need = { folder: dirname(part), bytes: sizeBytes };
  const hash = await writingTo(need, () => downloadFile(file)).catch(freeing(part));
  onProgress({ stage: "checking" });
  const sha512 = hash.toString("base64");
  if (sha512 === pin.sha512) return;
  await discardPart(part);
  throw downloadDamaged(url, `its SHA-512 is ${brief(sha512)}, not ${brief(pin.sha512)}`);
}

// A disk that is full is not filled by what may never be used.
function freeing(part: string) {
  return async (error: unknown): Promise<never> => {
    const isFull = error instanceof StudioError && error.code === "DISK_FULL";
    if (isFull) await discardPart(part);
    throw error;
  };
}

function brief(sha512: string): string {
  return `${sha512.slice(0, 16)}…`;
}
