import { randomBytes } from "node:crypto";

/** A random seed of 32 bits, as in most studios: short enough to read out. */
export function randomSeed(): string {
  return String(randomBytes(4).readUInt32LE());
}
