import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { StudioError } from "../contract/errors.ts";

/** What can be fetched: gallery pictures, thumbnails, previews, start images, and pictures as a ZIP. */
export const PICTURE_KINDS = ["image", "thumbnail", "preview", "init-image", "export"] as const;
export type PictureKind = (typeof PICTURE_KINDS)[number];

/** A signed address as received. */
export interface SignedPicture {
  readonly kind: PictureKind;
  readonly id: string;
  /** Seconds since 1970. */
  readonly until: number;
  readonly signature: string;
}

const HOUR = 3600;

/**
 * Signed addresses of pictures: an `img` element cannot send a token, so its address itself grants access for one to
 * two hours. Addresses expire on the hour, so that a picture's address stays the same for an hour and browsers can
 * cache it. The signing key lives as long as the process.
 */
export class PictureAddresses {
  readonly #key = randomBytes(32);
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Path and query, without an origin. The version only tells addresses apart. */
  of(kind: PictureKind, id: string, version?: number): string {
    const until = (Math.floor(this.#now() / 1000 / HOUR) + 2) * HOUR;
    const signature = this.#sign(kind, id, until).toString("base64url");
    const path = `/pictures/${kind}/${encodeURIComponent(id)}`;
    const which = version === undefined ? "" : `&version=${version}`;
    return `${path}?until=${until}&signature=${signature}${which}`;
  }

  /** Refuses as ADDRESS_REFUSED a wrong signature or an expired address; returns the seconds left. */
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
