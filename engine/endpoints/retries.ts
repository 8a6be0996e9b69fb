import { type RefusalCode, StudioError } from "../contract/errors.ts";
import { pause } from "../files/pause.ts";

/** An endpoint is asked this often at most. */
const MAX_ATTEMPTS = 5;
/** First the longest wait of a first attempt, doubled with each further one; then the longest of all. */
const FIRST_MS = 1000;
const LONGEST_MS = 30_000;
/** A wait that nobody would sit through: the refusal is shown instead. */
const MAX_WAIT_MS = 300_000;

export interface Retrying {
  readonly signal: AbortSignal;
  /** Told of every attempt before it is made, from 1 on. */
  readonly onAttempt?: (attempt: number) => void;
  /** How often it is asked at most, where there is a reason not to insist. */
  readonly attempts?: number | undefined;
  /** 0 to 1. */
  readonly chance?: () => number;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Asks again where the endpoint answered that it has no room now, and in no other case: whatever else
 * went wrong, it may have begun to draw. Waits as long as it says, and a random while where it says nothing,
 * so that many who were refused together do not come back together.
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
 * Whether a picture that failed may have been started, by its refusal. What is not named here may have been:
 * a reply that cannot be used, a route that gave up waiting, a server that failed in the middle.
 */
const STARTS: Readonly<Partial<Record<RefusalCode, Start>>> = {
  // Nothing was sent, or whoever answered refused before any model saw it.
  ENDPOINT_CERTIFICATE: "never",
  ENDPOINT_TOKEN_REFUSED: "never",
  ENDPOINT_MODEL_UNKNOWN: "never",
  ENDPOINT_MOVED: "never",
  ENDPOINT_BUSY: "never",
  ENDPOINT_NOT_STARTED: "never",
  PROXY_INVALID: "never",
  PROXY_FAILED: "never",
  ENDPOINT_UNREACHABLE: ({ sent }) => sent === "nothing",
  // A gateway says 502 of a server that is not there and of one that it lost in the middle alike.
  ENDPOINT_NOT_SERVED: ({ status }) => status !== 502,
  // The endpoint was removed while the picture waited for it.
  NOT_FOUND: ({ what }) => what === "endpoint",
  // This device's own: nothing is being drawn any more.
  DEVICE_UNAVAILABLE: "never",
  OUT_OF_MEMORY: "never",
};

/** Whether another target may be asked for the same picture without two of them drawing it. */
export function neverStarted(error: unknown): boolean {
  if (!(error instanceof StudioError)) return false;
  const start = STARTS[error.code] ?? "maybe";
  return typeof start === "string" ? start === "never" : start(error.details);
}
