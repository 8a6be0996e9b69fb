import { randomBytes } from "node:crypto";

/** A seed of 32 bits, as most studios draw them: short enough to be read out. */
export function randomSeed(): string {
  return String(randomBytes(4).readUInt32LE());
}
