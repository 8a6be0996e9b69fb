import type { CheckedRequest } from "../contract/generation.ts";
import { checkOrder } from "../drawing/check-order.ts";
import { completeRequest } from "../drawing/order.ts";
import type { ReadModel } from "../drawing/read-model.ts";
import type { SettledOrder } from "../worker/settled-order.ts";

/** What is asked for, with the model that it is asked of. */
export interface Asked {
  readonly request: CheckedRequest;
  readonly model: string;
  readonly read: ReadModel;
}

const SEEDS = 2n ** 64n;

/**
 * One order per picture, with nothing left open; picture i has seed + i, and after the last 64-bit number
 * comes 0. Refuses what the model could not draw.
 */
export function ordersOf(
  { request, model, read }: Asked,
  chance: () => bigint,
): [SettledOrder, ...SettledOrder[]] {
  const complete = completeRequest(request, read, chance);
  const { initImageId } = request;
  checkOrder(complete, read, initImageId !== undefined);
  const { count, seed, strength, ...order } = complete;
  const orderOf = (i: number): SettledOrder => ({
    ...order,
    model,
    seed: String((seed + BigInt(i)) % SEEDS),
    ...(initImageId !== undefined && { initImageId, strength }),
  });
  return [orderOf(0), ...Array.from({ length: count - 1 }, (_, i) => orderOf(i + 1))];
}
