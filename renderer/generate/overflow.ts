import type { Endpoint } from "../../engine/contract/endpoints.ts";
import type { Order } from "../../engine/contract/order.ts";
import type { GenerationRequest } from "../../engine/contract/request.ts";
import { readinessOf } from "../state/endpoints.ts";

/** Endpoints that are probably ready, sorted by measured speed: the fastest first, unmeasured ones last. */
export function fastestFirst(all: readonly Endpoint[]): readonly Endpoint[] {
  const usable = all.filter((one) => readinessOf(one) !== "failed" && one.lastError === undefined);
  return usable.toSorted((a, b) => secondsOf(a) - secondsOf(b));
}

function secondsOf({ medianSeconds = Number.MAX_VALUE }: Endpoint): number {
  return medianSeconds;
}

/** The request for an order's picture at another target; the model and open settings are that target's own. */
export function requestAt(target: string, order: Order): GenerationRequest {
  const { model: _model, isSizeOpen, width, height, ...rest } = order;
  return { ...rest, ...(isSizeOpen !== true && { width, height }), target };
}

/** Another target that would finish a picture before the chosen one starts it. */
export interface Offer {
  readonly endpoint: Endpoint;
  /** Seconds until the chosen target is free. */
  readonly waitSeconds: number;
  /** Seconds until the picture would be finished there: the target's open generations plus the picture itself. */
  readonly readySeconds: number;
}

/**
 * The endpoint that finishes first, if that is before this machine is free; `openSeconds` returns how long a target is
 * busy.
 */
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
