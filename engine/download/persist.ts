import type { StudioError } from "../contract/errors.ts";
import { pause } from "../files/pause.ts";
import { systemCode } from "../files/system-error.ts";

/** A failure that another attempt may not have: a lost connection, a stall, an overloaded server. */
export class Interrupted extends Error {}

/** There was no connection at all, or no trustworthy one. */
export class Unreached extends Interrupted {}

/** How often something is tried, and the refusal at the end. */
export interface Patience {
  /** The final refusal; with the status if there was a reply. */
  readonly failed: (url: string, reason: string, status?: number) => StudioError;
  /** Pauses before each further attempt; as many attempts in a row can bring nothing. */
  readonly pausesMs: readonly number[];
  /** If nothing has been received and there is no connection for this long, it is given up. */
  readonly reachMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MAX_TRIES = 100;
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Runs `task` until it succeeds. After an interruption it pauses and tries again; when `pausesMs` is used up without a
 * call to `fruitful` in between, the refusal names the last reason. A server that was never reached is given up after
 * `reachMs`.
 */
export async function persist<T>(
  url: string,
  patience: Patience,
  task: () => Promise<T>,
  fruitful: () => Promise<boolean> = async () => false,
): Promise<T> {
  const start = performance.now();
  let fruitless = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      fruitless = (await fruitful()) ? 1 : fruitless + 1;
      const pauseMs = patience.pausesMs[fruitless - 1];
      if (pauseMs === undefined || attempt === MAX_TRIES) throw patience.failed(url, error.message);
      const waitedMs = performance.now() - start + pauseMs;
      if (fruitless === attempt && isOutOfReach(error, waitedMs, patience)) {
        throw patience.failed(url, error.message);
      }
      await pause(pauseMs, patience.signal);
    }
  }
}

function isOutOfReach(
  error: Interrupted,
  waitedMs: number,
  { reachMs = Infinity }: Patience,
): boolean {
  return error instanceof Unreached && waitedMs >= reachMs;
}

/** Whether another attempt may succeed after this status. */
export function isPassing(status: number): boolean {
  return PASSING_STATUS.has(status);
}

/** Why a request failed without a reply. */
export function brokenConnection(error: unknown): Interrupted {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = systemCode(cause) ?? "";
  const unreached = UNREACHED[code];
  if (unreached !== undefined) return new Unreached(unreached);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Interrupted(`the connection broke (${reason === "" ? code : reason})`);
}

const NO_NETWORK = "there is no network connection to it";
const NO_ANSWER = "no connection could be made in time";
const UNTRUSTED = "its certificate is not signed by a CA this computer trusts";
const OTHER_HOST = "its certificate is for another host";

/** Messages for errors that mean there was no connection, or no trustworthy one. */
const UNREACHED: Readonly<Record<string, string>> = {
  ENOTFOUND: "host not found",
  EAI_AGAIN: "host not found",
  ECONNREFUSED: "the connection was refused",
  ENETUNREACH: NO_NETWORK,
  ENETDOWN: NO_NETWORK,
  EHOSTUNREACH: NO_NETWORK,
  EHOSTDOWN: NO_NETWORK,
  EADDRNOTAVAIL: NO_NETWORK,
  ETIMEDOUT: NO_ANSWER,
  UND_ERR_CONNECT_TIMEOUT: NO_ANSWER,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: OTHER_HOST,
  CERT_HAS_EXPIRED: "its certificate has expired",
};
