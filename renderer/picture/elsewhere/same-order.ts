import type { GenerationRecord } from "../../../engine/contract/image-record.ts";
import { LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import type { StoredModel } from "../../../engine/contract/models.ts";
import { PRECISIONS } from "../../../engine/contract/precision.ts";
import { MAX_PROMPT, type GenerationRequest } from "../../../engine/contract/request.ts";
import { snapSide } from "../../state/form.ts";

/** The largest guidance scale of a request; other programs allow more. */
const MAX_GUIDANCE = 100;

/**
 * The request that draws a picture's order at another target, with all its known settings. The studio leaves out those
 * that the target ignores; values of other programs beyond the limits of a request are clamped.
 */
export function sameOrder(
  record: GenerationRecord,
  target: string,
  models: readonly Pick<StoredModel, "id" | "summary">[],
): GenerationRequest {
  const { prompt, negativePrompt, width, height, steps, guidanceScale, seed } = record;
  const { scheduler, guidanceInterval, cacheInterval, decoder } = record;
  const precision = PRECISIONS.find((name) => name === record.precision);
  // A record names its model as its files do; a request names it by its id in the store.
  const model = models.find(({ id, summary }) => (summary?.name ?? id) === record.model)?.id;
  return {
    target,
    count: 1,
    prompt: prompt.slice(0, MAX_PROMPT),
    negativePrompt: negativePrompt.slice(0, MAX_PROMPT),
    width: snapSide(width, 8),
    height: snapSide(height, 8),
    ...(target === LOCAL_TARGET && model !== undefined && { model }),
    ...(steps !== undefined && { steps }),
    ...(guidanceScale !== undefined && { guidanceScale: Math.min(MAX_GUIDANCE, guidanceScale) }),
    ...(seed !== undefined && { seed }),
    ...(scheduler !== undefined && { scheduler }),
    ...(precision !== undefined && { precision }),
    ...(guidanceInterval !== undefined && { guidanceInterval }),
    ...(cacheInterval !== undefined && { cacheInterval }),
    ...(decoder !== undefined && { decoder }),
  };
}
