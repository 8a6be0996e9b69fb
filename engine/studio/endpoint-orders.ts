import type { Endpoint } from "../contract/endpoints.ts";
import { StudioError } from "../contract/errors.ts";
import type { Estimate } from "../contract/generation.ts";
import type { AxisSetting, Grid } from "../contract/grid.ts";
import { ordersFrom, type Order } from "../contract/order.ts";
import { REQUEST_DEFAULTS, type GenerationRequest } from "../contract/request.ts";
import { sentOrder } from "../endpoints/sent-order.ts";
import type { Expected } from "../worker/endpoint-history.ts";

/** Side in pixels of the notebook's pictures, assumed for endpoints that do not say. */
const USUAL_SIDE = 768;

/**
 * One order per picture, with only what the endpoint will be sent; if it takes a seed, picture i has seed + i. Refuses
 * a start image.
 */
export function endpointOrders(
  request: GenerationRequest,
  endpoint: Endpoint,
  freshSeed: string,
): [Order, ...Order[]] {
  if (request.initImageId !== undefined) {
    const details = { field: "The start image", value: "sent to an endpoint" };
    const reason = "endpoints take no start image";
    throw new StudioError("REQUEST_INVALID", { ...details, reason });
  }
  const { prompt, steps, guidanceScale, scheduler, width, height, seed = freshSeed } = request;
  const { precision, preset, guidanceInterval, cacheInterval, decoder } = request;
  const { negativePrompt = REQUEST_DEFAULTS.negativePrompt, count = REQUEST_DEFAULTS.count } =
    request;
  const first = sentOrder(
    {
      model: endpoint.model,
      prompt,
      negativePrompt,
      steps,
      guidanceScale,
      scheduler,
      seed,
      preset,
      guidanceInterval,
      cacheInterval,
      decoder,
      precision: sentPrecision(precision),
      width: width ?? height ?? USUAL_SIDE,
      height: height ?? width ?? USUAL_SIDE,
      ...(width === undefined && height === undefined && { isSizeOpen: true as const }),
    },
    endpoint,
  );
  return ordersFrom(first, count);
}

/** Refuses a grid along a setting that the endpoint is not sent: all its pictures would be alike. */
export function checkSentAxes({ x, y }: Grid, orders: readonly Order[], { name }: Endpoint): void {
  for (const { setting } of y ? [x, y] : [x]) {
    if (orders.some(CARRIES[setting])) continue;
    const reason = `${name} does not accept this setting`;
    throw new StudioError("REQUEST_INVALID", {
      field: `The axis ${setting}`,
      value: "used",
      reason,
    });
  }
}

/** Whether an endpoint's order carries the setting of an axis. */
const CARRIES: Readonly<Record<AxisSetting, (order: Order) => boolean>> = {
  steps: ({ steps }) => steps !== undefined,
  guidance: ({ guidanceScale }) => guidanceScale !== undefined,
  seed: ({ seed }) => seed !== undefined,
  sampler: ({ scheduler }) => scheduler !== undefined,
  preset: ({ preset }) => preset !== undefined,
  size: ({ isSizeOpen = false }) => !isSizeOpen,
  model: () => false,
  prompt: () => true,
  style: () => true,
  strength: ({ strength }) => strength !== undefined,
  precision: ({ precision }) => precision !== undefined,
  decoder: ({ decoder }) => decoder !== undefined,
  "guidance-interval": ({ guidanceInterval }) => guidanceInterval !== undefined,
  "cache-interval": ({ cacheInterval }) => cacheInterval !== undefined,
  "negative-prompt": ({ negativePrompt }) => negativePrompt !== "",
};

/** `auto` means float32 on a device, and is stated explicitly so that no preset replaces it. */
function sentPrecision(precision: GenerationRequest["precision"]): Order["precision"] {
  return precision === "auto" ? "float32" : precision;
}

/** How long a picture will take there, judged by earlier ones. Refuses as NOT_FOUND before the first. */
export function endpointEstimate(
  { name }: Endpoint,
  { steps }: Order,
  expected?: Expected,
): Estimate {
  if (expected === undefined) {
    throw new StudioError("NOT_FOUND", { what: "picture yet of the endpoint", id: name });
  }
  const { seconds, pictures } = expected;
  const secondsPerStep = steps === undefined ? 0 : seconds / steps;
  return { seconds, secondsPerStep, loadSeconds: 0, basis: "measured", pictures };
}
