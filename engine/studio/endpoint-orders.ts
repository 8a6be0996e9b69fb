import type { Endpoint } from "../contract/endpoints.ts";
import { StudioError } from "../contract/errors.ts";
import type { CheckedRequest, Estimate, GenerationOrder } from "../contract/generation.ts";
import { sentOrder } from "../endpoints/sent-order.ts";

const SEEDS = 2n ** 64n;
/** Pixels of the seed's pictures: what to expect of an endpoint that does not say. */
const SEED_SIDE = 768;

/**
 * One order per picture, with what the endpoint will be sent and nothing else; where it takes a seed,
 * picture i has seed + i. Refuses a picture to start from.
 */
export function endpointOrders(
  request: CheckedRequest,
  endpoint: Endpoint,
  chance: () => bigint,
): [GenerationOrder, ...GenerationOrder[]] {
  if (request.initImageId !== undefined) {
    const details = { field: "The picture to start from", value: "sent to an endpoint" };
    const reason = "endpoints draw from prompts alone";
    throw new StudioError("REQUEST_INVALID", { ...details, reason });
  }
  const { prompt, negativePrompt, count, steps, guidanceScale, scheduler, width, height } = request;
  const seed = request.seed === undefined ? chance() : BigInt(request.seed);
  const orderOf = (i: number): GenerationOrder =>
    sentOrder(
      {
        model: endpoint.model,
        prompt,
        negativePrompt,
        steps,
        guidanceScale,
        scheduler,
        seed: String((seed + BigInt(i)) % SEEDS),
        width: width ?? height ?? SEED_SIDE,
        height: height ?? width ?? SEED_SIDE,
        ...(width === undefined && height === undefined && { isSizeOpen: true as const }),
      },
      endpoint,
    );
  return [orderOf(0), ...Array.from({ length: count - 1 }, (_, i) => orderOf(i + 1))];
}

/** How long a picture will take there, by those it drew. Refuses as NOT_FOUND before the first. */
export function endpointEstimate({ name, medianSeconds }: Endpoint): Estimate {
  if (medianSeconds === undefined) {
    throw new StudioError("NOT_FOUND", { what: "picture yet of the endpoint", id: name });
  }
  return { seconds: medianSeconds, secondsPerStep: 0, loadSeconds: 0, basis: "measured" };
}
