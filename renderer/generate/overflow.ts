import type { Endpoint } from "../../engine/contract/endpoints.ts";
import type { Order } from "../../engine/contract/order.ts";
import type { GenerationRequest } from "../../engine/contract/request.ts";
import { readinessOf } from "../state/endpoints.ts";

/** Endpoints that would most likely draw now, by their measured speed: the fastest first, unmeasured ones last. */
export function fastestFirst(all: readonly Endpoint[]): readonly Endpoint[] {
  const usable = all.filter((one) => readinessOf(one) !== "failed" && one.lastError === undefined);
  return usable.toSorted((a, b) => secondsOf(a) - secondsOf(b));
}

function secondsOf({ medianSeconds = Number.MAX_VALUE }: Endpoint): number {
  return medianSeconds;
}

/** The picture of an order, asked of another target: its model and what it leaves open are that target's own. */
export function requestAt(target: string, order: Order): GenerationRequest {
  const { model: _model, isSizeOpen, width, height, ...rest } = order;
  return { ...rest, ...(isSizeOpen !== true && { width, height }), target };
}

/** Another target that would have a picture before the chosen one begins with it. */
export interface Offer {
  readonly endpoint: Endpoint;
  /** Until the chosen target is free. */
  readonly waitSeconds: number;
  /** Until the picture would be there: what is open at the other target, and the picture itself. */
  readonly readySeconds: number;
}

/** The endpoint that is ready soonest, if that is before this machine is free; `openSeconds` tells how long a target is taken. */
export function offerFor(
  waitSeconds: number | undefined,
  all: readonly Endpoint[],
  openSeconds: (target: string) => number | undefined,
): Offer | undefined {
  if (waitSeconds === undefined) return undefined;
  const offers = fastestFirst(all).flatMap((endpoint) => {
    const { id, medianSeconds } = endpoint;
    const before = openSeconds(id);
    if (medianSeconds === undefined || before === undefined) return [];
    return [{ endpoint, waitSeconds, readySeconds: before + medianSeconds }];
  });
  const soonest = offers.toSorted((a, b) => a.readySeconds - b.readySeconds)[0];
  return soonest !== undefined && soonest.readySeconds < waitSeconds ? soonest : undefined;
}
