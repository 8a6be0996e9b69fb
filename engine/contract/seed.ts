import { z } from "zod";

/** The number of seeds: a seed is an unsigned 64-bit integer. */
const SEEDS = 2n ** 64n;

/** An unsigned 64-bit integer in decimal, as a string: a JSON number would lose digits. */
export const seedSchema = z
  .string()
  .regex(/^\d{1,20}$/, { abort: true, error: "a seed is a whole number" })
  .refine((seed) => BigInt(seed) < SEEDS, "a seed has at most 64 bits");

/** The seed at a distance from another; after the last comes 0. */
export function seedAfter(seed: string, distance: number): string {
  return String((BigInt(seed) + BigInt(distance)) % SEEDS);
}
