import { createHash, randomBytes } from "node:crypto";

const LIFE_MS = 10 * 60_000;
/** Above this number the oldest is dropped. */
const MOST = 100;

/**
 * Codes in the addresses that people open: each can be exchanged for a token once, within ten minutes. Stored in memory
 * as hashes, so that looking up a wrong one always takes the same time.
 */
export class OneTimeCodes {
  readonly #now: () => number;
  readonly #expiries = new Map<string, number>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** 256 random bits, for the fragment of an address, which browsers never send. */
  issue(): string {
    const code = randomBytes(32).toString("base64url");
    this.#expiries.set(hash(code), this.#now() + LIFE_MS);
    const [oldest = ""] = this.#expiries.keys();
    if (this.#expiries.size > MOST) this.#expiries.delete(oldest);
    return code;
  }

  /** Whether the code is valid; it is invalid afterwards. */
  redeem(code: string): boolean {
    const key = hash(code);
    const expiry = this.#expiries.get(key);
    this.#expiries.delete(key);
    return expiry !== undefined && this.#now() < expiry;
  }
}

function hash(code: string): string {
  return createHash("sha256").update(code).digest("base64");
}
