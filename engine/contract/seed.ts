import { z } from "zod";

/** How many seeds there are: a seed is an unsigned number of 64 bits. */
const SEEDS = 2n ** 64n;

/** Unsigned 64 bits in decimal, as a string: a JSON number would lose the low digits. */
export const seedSchema = z
  .string()
  .regex(/^\d{1,20}$/, { abort: true, error: "a seed is a whole number" })
  .refine((seed) => BigInt(seed) < SEEDS, "a seed has at most 64 bits");

/** The seed `distance` after another; after the last one comes 0. */
export function seedAfter(seed: string, distance: number): string {
  return String((BigInt(seed) + BigInt(distance)) % SEEDS);
}
