import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { StudioError } from "../contract/errors.ts";

/** What pictures can be seen: of the gallery, their thumbnails, what is developing, what one started from; and pictures as a ZIP. */
export const PICTURE_KINDS = ["image", "thumbnail", "preview", "init-image", "export"] as const;
export type PictureKind = (typeof PICTURE_KINDS)[number];

/** An address as it came in. */
export interface SignedPicture {
  readonly kind: PictureKind;
  readonly id: string;
  /** Seconds since 1970. */
  readonly until: number;
  readonly signature: string;
}

const HOUR = 3600;

/**
 * Signed addresses of pictures: an `img` cannot send a header, so its address says itself that it may be
 * seen, for one to two hours. They end at full hours: within one, a picture's address stays the same
 * and browsers need not fetch it again. The key lives as long as the process.
 */
export class PictureAddresses {
  readonly #key = randomBytes(32);
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Path and query, without an origin. */
  of(kind: PictureKind, id: string): string {
    const until = (Math.floor(this.#now() / 1000 / HOUR) + 2) * HOUR;
    const signature = this.#sign(kind, id, until).toString("base64url");
    return `/pictures/${kind}/${encodeURIComponent(id)}?until=${until}&signature=${signature}`;
  }

  /** Refuses as ADDRESS_REFUSED what was not signed here or is over; gives the seconds left. */
  check({ kind, id, until, signature }: SignedPicture): number {
    const given = Buffer.from(signature, "base64url");
    const wanted = this.#sign(kind, id, until);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      throw new StudioError("ADDRESS_REFUSED", { reason: "its signature is not the studio's" });
    }
    const secondsLeft = until - Math.floor(this.#now() / 1000);
    if (secondsLeft > 0) return secondsLeft;
    throw new StudioError("ADDRESS_REFUSED", { reason: "the picture's address has expired" });
  }

  #sign(kind: PictureKind, id: string, until: number): Buffer {
    return createHmac("sha256", this.#key).update(`${kind}\n${id}\n${until}`).digest();
  }
}
