import type { GenerationOrder } from "../contract/generation.ts";

type Settled = "steps" | "guidanceScale" | "seed" | "scheduler";

/** An order for this device: nothing in it is left open. */
export type SettledOrder = Omit<GenerationOrder, Settled> & {
  readonly [Name in Settled]: NonNullable<GenerationOrder[Name]>;
};

/** An order for this device as what it is. */
export function settled(order: GenerationOrder): SettledOrder {
  const { steps, guidanceScale, seed, scheduler } = order;
  if (
    steps === undefined ||
    guidanceScale === undefined ||
    seed === undefined ||
    scheduler === undefined
  ) {
    throw new TypeError("an order for this device leaves something open");
  }
  return { ...order, steps, guidanceScale, seed, scheduler };
}
