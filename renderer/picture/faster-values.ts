import type { GuidanceInterval } from "../../engine/contract/presets.ts";

/** Choices for the part of a run in which guidance is applied, besides all of it. */
export const INTERVALS: readonly GuidanceInterval[] = [
  [0, 0.8],
  [0, 0.6],
];

/** Choices for how often a step runs the whole network, besides always. */
export const CACHES: readonly number[] = [2, 3];
