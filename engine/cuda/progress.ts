import { SpeedMeter, type Speed } from "../download/speed.ts";
import type { CudaNeeds } from "./needs.ts";

/** What `installCuda` is doing just now. */
export type CudaProgress =
  | { readonly stage: "checking" }
  | ({ readonly stage: "planned" } & CudaNeeds)
  | DownloadProgress
  | { readonly stage: "unpacking"; readonly name: string }
  | { readonly stage: "probing" };

/** How far all wheels are; rate and time left are null until there is something to measure. */
export interface DownloadProgress extends Speed {
  readonly stage: "downloading";
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

const EVERY_MS = 200;

/**
 * Turns byte counts into progress, at most one in 200 ms and always one for the last byte; null in
 * between.
 */
export function progressMeter(totalBytes: number, now: () => number) {
  const speed = new SpeedMeter(now);
  let lastAt = Number.NEGATIVE_INFINITY;
  return (receivedBytes: number): DownloadProgress | null => {
    const at = now();
    if (at - lastAt < EVERY_MS && receivedBytes < totalBytes) return null;
    lastAt = at;
    const measured = speed.measure(receivedBytes, totalBytes);
    return { stage: "downloading", receivedBytes, totalBytes, ...measured };
  };
}
