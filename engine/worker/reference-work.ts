import type { PictureWork } from "../drawing/work.ts";

/**
 * A guided picture of Stable Diffusion 2 at 768x768 in 50 steps, by which machines are compared. Counted
 * from its graphs; the model itself need not be there.
 */
export const REFERENCE: {
  readonly steps: number;
  readonly sizeBytes: number;
  readonly work: PictureWork;
} = {
  steps: 50,
  sizeBytes: 5.16e9,
  work: {
    text: { operations: 90.3e9, nodes: 279 },
    step: { operations: 4299e9, nodes: 642 },
    decode: { operations: 5757e9, nodes: 120 },
  },
};
