import { z } from "zod";

const MAX_SEED = 2n ** 64n - 1n;

/** Unsigned 64 bits in decimal, as a string: a JSON number would lose the low digits. */
export const seedSchema = z
  .string()
  .regex(/^\d{1,20}$/, { abort: true, error: "a seed is a whole number" })
  .refine((seed) => BigInt(seed) <= MAX_SEED, "a seed has at most 64 bits");
