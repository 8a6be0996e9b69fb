import { stat } from "node:fs/promises";
import { StudioError } from "../contract/errors.ts";
import { partBytes } from "../download/part.ts";
import { isDiskFull, isSystemError } from "../files/system-error.ts";
import { partOf, type Placement } from "./placement.ts";
import { unpackedBytes, type Wheel } from "./source.ts";

/** What installing CUDA support still needs. */
export interface CudaNeeds {
  readonly downloadBytes: number;
  /** Permanent disk space, not counting what is already installed. */
  readonly installedBytes: number;
  /** The most disk space needed at any time: a wheel is deleted as soon as it is unpacked. */
  readonly peakBytes: number;
  readonly freeBytes: number;
}

/** The needs of the wheels that are not installed yet, in the order of their download. */
export async function needsOf(
  { folder, runtimeLibrary }: Placement,
  missing: readonly Wheel[],
  freeBytes: number,
): Promise<CudaNeeds> {
  const { size: runtimeBytes } = await stat(runtimeLibrary);
  let [downloadBytes, installedBytes, peakBytes] = [0, runtimeBytes, runtimeBytes];
  for (const wheel of missing) {
    const rest = Math.max(0, wheel.sizeBytes - (await partBytes(partOf(folder, wheel))));
    downloadBytes += rest;
    installedBytes += unpackedBytes(wheel);
    peakBytes = Math.max(peakBytes, installedBytes + rest);
  }
  return { downloadBytes, installedBytes, peakBytes, freeBytes };
}

/** Refuses as DISK_FULL if the disk of `folder` lacks the space. */
export function ensureSpace(folder: string, { peakBytes, freeBytes }: CudaNeeds): void {
  if (freeBytes < peakBytes) throw diskFull(folder, peakBytes);
}

/**
 * Runs work that writes into `folder`. A full disk becomes DISK_FULL, a folder without write permission
 * CUDA_UNSUPPORTED with the folder's name; other errors pass unchanged.
 */
export async function writingTo<T>(
  folder: string,
  bytes: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StudioError) throw error;
    if (isDiskFull(error)) throw diskFull(folder, bytes, error);
    if (isSystemError(error, "EACCES", "EPERM", "EROFS")) {
      const reason = `${folder} may not be written to`;
      throw new StudioError("CUDA_UNSUPPORTED", { reason }, { cause: error });
    }
    throw error;
  }
}

function diskFull(path: string, bytes: number, cause?: unknown): StudioError {
  const needed = `${Math.ceil(bytes / 1_000_000)} MB`;
  return new StudioError("DISK_FULL", { path, needed }, { cause });
}
