import { setTimeout as sleep } from "node:timers/promises";

/** Waits for a time; rejects with the signal's reason if that aborts. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
