import type { Order } from "../../../engine/contract/order.ts";

/** A complete order; its seed distinguishes it from others. */
export function order(seed: number | string): Order {
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
