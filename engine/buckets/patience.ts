import { pause } from "../files/pause.ts";
import { isBroken } from "./download-failures.ts";

/** Pauses after each failure; the SDK itself tries a request three times at shorter ones. */
const PAUSES_MS = [500, 2000, 5000];

/** Tries again what failed since the service was busy or the line broke. */
export async function withPatience<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (const ms of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isBroken(error)) throw error;
      await pause(ms, signal);
    }
  }
  return work();
}
