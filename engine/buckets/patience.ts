import { StudioError } from "../contract/errors.ts";
import { pause } from "../files/pause.ts";

/** Pauses after each failure; the SDK itself tries a request three times at shorter ones. */
const PAUSES_MS = [500, 2000, 5000];

/** Tries again what failed since the service was busy or the line broke. */
export async function withPatience<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (const ms of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await pause(ms, signal);
    }
  }
  return work();
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof StudioError)) return false;
  return error.code === "BUCKET_BUSY" || error.code === "BUCKET_UNREACHABLE";
}
