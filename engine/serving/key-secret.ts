import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 bits of chance; the beginning tells people and scanners what it is. */
export function newSecret(): string {
  return `dk_${randomBytes(32).toString("base64url")}`;
}

/** What is kept of a secret. It is chance of full length, so a plain hash gives nothing away. */
export function sha256Of(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** In constant time. */
export function isSecretOf(hash: Buffer, kept: string): boolean {
  const other = Buffer.from(kept, "base64");
  return other.length === hash.length && timingSafeEqual(hash, other);
}
