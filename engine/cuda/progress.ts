/** What `installCuda` is doing just now. */
export type CudaProgress =
  | { readonly stage: "asking" }
  | DownloadProgress
  | { readonly stage: "checking" }
  | { readonly stage: "unpacking"; readonly name: string }
  | { readonly stage: "probing" };

/** How far a download is; rate and time left are null until there is something to measure. */
export interface DownloadProgress {
  readonly stage: "downloading";
  readonly receivedBytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

// Long enough to be calm on a shaky line, short enough to follow one that changed.
const WINDOW_MS = 5_000;
const EVERY_MS = 200;

/**
 * Turns byte counts into progress, at most one in 200 ms and always one for the last byte; null in
 * between. The rate is the mean of the last five seconds of this run, so what an earlier run
 * fetched does not flatter it.
 */
export function progressMeter(totalBytes: number, now: () => number) {
  const samples: { readonly at: number; readonly bytes: number }[] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  return (receivedBytes: number): DownloadProgress | null => {
    const at = now();
    if (at - lastAt < EVERY_MS && receivedBytes < totalBytes) return null;
    lastAt = at;
    samples.push({ at, bytes: receivedBytes });
    while (samples.length > 2 && at - (samples[0]?.at ?? at) > WINDOW_MS) samples.shift();
    const bytesPerSecond = rate(samples);
    const secondsLeft = bytesPerSecond ? (totalBytes - receivedBytes) / bytesPerSecond : null;
    return { stage: "downloading", receivedBytes, totalBytes, bytesPerSecond, secondsLeft };
  };
}

function rate(samples: readonly { readonly at: number; readonly bytes: number }[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.at <= first.at || last.bytes < first.bytes) return null;
  return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
}
