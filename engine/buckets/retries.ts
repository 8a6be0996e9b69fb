import { StudioError } from "../contract/errors.ts";
import { pause } from "../files/pause.ts";
import { isSystemError, systemCode } from "../files/system-error.ts";

/** The reply ended early. */
export class BrokenOff extends Error {}

/** Whether retrying may help: the connection broke, or the service is busy. */
function isBroken(error: unknown): boolean {
  if (error instanceof BrokenOff) return true;
  if (error instanceof StudioError) return PASSING.has(error.code);
  return isSystemError(error, "ECONNRESET", "EPIPE", "ETIMEDOUT", "ERR_STREAM_PREMATURE_CLOSE");
}

const PASSING: ReadonlySet<string> = new Set(["BUCKET_BUSY", "BUCKET_UNREACHABLE"]);

/** Pauses after each failure; the SDK itself tries a request three times with shorter ones. */
const PAUSES_MS = [500, 2000, 5000];

/** Retries if the service was busy or the connection broke. */
export async function withRetries<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
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

/** Retries for an object that arrives in pieces: gives up after several attempts in a row that bring nothing new. */
export class Retries {
  readonly #key: string;
  readonly #signal: AbortSignal | undefined;
  #failures = 0;

  constructor(key: string, signal: AbortSignal | undefined) {
    this.#key = key;
    this.#signal = signal;
  }

  /**
   * Waits before the next attempt; not at all if the last one brought something new (`isFurther`). Throws errors that
   * retrying cannot help; refuses as DOWNLOAD_FAILED after too many failures in a row.
   */
  async waitOrThrow(error: unknown, { isFurther }: { readonly isFurther: boolean }): Promise<void> {
    if (!isBroken(error)) throw error;
    if (isFurther) this.#failures = 0;
    const ms = isFurther ? 0 : PAUSES_MS[this.#failures++];
    if (ms === undefined) throw this.#failed(error);
    await pause(ms, this.#signal);
  }

  #failed(error: unknown): StudioError {
    if (error instanceof StudioError) return error;
    const reason = systemCode(error) ?? "the connection broke";
    return new StudioError("DOWNLOAD_FAILED", { file: this.#key, reason });
  }
}
