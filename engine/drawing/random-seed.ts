import { randomBytes } from "node:crypto";

/** 32 bits, as most studios draw them: short enough to be read out. */
export function randomSeed(): bigint {
  return BigInt(randomBytes(4).readUInt32LE());
}
