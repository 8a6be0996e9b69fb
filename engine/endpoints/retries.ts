import { type RefusalCode, StudioError } from "../contract/errors.ts";
import { pause } from "../files/pause.ts";

/** Maximum number of attempts. */
const MAX_ATTEMPTS = 5;
/** Maximum pause after the first attempt, doubled for each further one; then the overall maximum. */
const FIRST_MS = 1000;
const LONGEST_MS = 30_000;
/** Longer delays are not waited for: the refusal is shown instead. */
const MAX_WAIT_MS = 300_000;

export interface Retrying {
  readonly signal: AbortSignal;
  /** Called before every attempt, from 1. */
  readonly onAttempt?: (attempt: number) => void;
  /** Maximum number of attempts, if there is a reason for fewer. */
  readonly attempts?: number | undefined;
  /** A random number from 0 to 1. */
  readonly chance?: () => number;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Tries again if the endpoint replied that it is busy, and in no other case: after any other failure it may have
 * started to draw. Waits for as long as it says, or for a random time, so that clients that were refused together do
 * not return together.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  { signal, onAttempt, attempts = MAX_ATTEMPTS, chance = Math.random, wait = pause }: Retrying,
): Promise<T> {
  for (let count = 1; ; count++) {
    onAttempt?.(count);
    try {
      return await attempt();
    } catch (error) {
      const ms = waitOf(error, count, chance);
      if (ms === undefined || count >= attempts) throw error;
      await wait(ms, signal);
    }
  }
}

function waitOf(error: unknown, count: number, chance: () => number): number | undefined {
  if (!(error instanceof StudioError) || error.code !== "ENDPOINT_BUSY") return undefined;
  const asked = error.details["retryAfterSeconds"];
  const least = typeof asked === "number" ? asked * 1000 : 0;
  if (least > MAX_WAIT_MS) return undefined;
  return least + chance() * Math.min(LONGEST_MS, FIRST_MS * 2 ** count);
}

type Start = "never" | "maybe" | ((details: StudioError["details"]) => boolean);

/**
 * Whether a failed picture may have been started, by its refusal. For codes that are not listed it may: an unusable
 * reply, a route's timeout, a server that failed midway.
 */
const STARTS: Readonly<Partial<Record<RefusalCode, Start>>> = {
  // Nothing was sent, or it was refused before any model saw it.
  ENDPOINT_CERTIFICATE: "never",
  ENDPOINT_TOKEN_REFUSED: "never",
  ENDPOINT_MODEL_UNKNOWN: "never",
  ENDPOINT_MOVED: "never",
  ENDPOINT_BUSY: "never",
  ENDPOINT_NOT_STARTED: "never",
  PROXY_INVALID: "never",
  PROXY_FAILED: "never",
  ENDPOINT_UNREACHABLE: ({ sent }) => sent === "nothing",
  // A gateway answers 502 both for a server that is not there and for one that was lost midway.
  ENDPOINT_NOT_SERVED: ({ status }) => status !== 502,
  // The endpoint was removed while the picture waited for it.
  NOT_FOUND: ({ what }) => what === "endpoint",
  // This device's own failures: nothing is being drawn any more.
  DEVICE_UNAVAILABLE: "never",
  OUT_OF_MEMORY: "never",
};

/** Whether another target can be asked for the same picture without drawing it twice. */
export function neverStarted(error: unknown): boolean {
  if (!(error instanceof StudioError)) return false;
  const start = STARTS[error.code] ?? "maybe";
  return typeof start === "string" ? start === "never" : start(error.details);
}
