import type { GenerationOrder } from "../../../engine/contract/generation.ts";

/** A complete order whose seed tells it from others. */
export function order(seed: number | string): GenerationOrder {
  return {
    model: "starter",
    prompt: "two purple fish under water",
    negativePrompt: "",
    steps: 2,
    guidanceScale: 3,
    width: 64,
    height: 64,
    seed: String(seed),
    scheduler: "ddim",
  };
}
