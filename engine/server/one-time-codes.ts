import { createHash, randomBytes } from "node:crypto";

const LIFE_MS = 10 * 60_000;
/** Beyond this many, the oldest is forgotten. */
const MOST = 100;

/**
 * Codes for the address that a person opens: whoever brings one gets a token for it, once, within ten
 * minutes. Kept in memory and hashed, so that looking one up takes the same time for every wrong one.
 */
export class OneTimeCodes {
  readonly #now: () => number;
  readonly #expiries = new Map<string, number>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** 256 bits, for the fragment of an address: browsers send that to nobody. */
  issue(): string {
    const code = randomBytes(32).toString("base64url");
    this.#expiries.set(hash(code), this.#now() + LIFE_MS);
    const [oldest = ""] = this.#expiries.keys();
    if (this.#expiries.size > MOST) this.#expiries.delete(oldest);
    return code;
  }

  /** Whether it is good; afterwards it no longer is. */
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
