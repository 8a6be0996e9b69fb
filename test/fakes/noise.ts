import { createHash } from "node:crypto";

/** Bytes that do not compress and are always the same: a hashed counter. */
export function noise(sizeBytes: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(sizeBytes / 64) }, (_, index) =>
    createHash("sha512").update(String(index)).digest(),
  );
  return Buffer.concat(blocks).subarray(0, sizeBytes);
}
