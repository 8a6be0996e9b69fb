import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Estimate } from "../../../engine/contract/generation.ts";
import type { GenerationRequest } from "../../../engine/contract/request.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useDebounced } from "../../ui/use-debounced.ts";

/** The studio is asked this long after the last change, milliseconds. */
const REST_MS = 250;

/** The estimated time of a request, which does not depend on its prompt. */
export function useEstimate(request: GenerationRequest, isKnown: boolean): Estimate | undefined {
  const { queries } = useStudio();
  // JSON omits undefined fields; the seed and the count do not change the time.
  const {
    prompt: _prompt,
    negativePrompt: _negative,
    seed: _seed,
    count: _count,
    styles: _styles,
    ...rest
  } = request;
  const costs = JSON.stringify(rest);
  const rested = useDebounced(costs, REST_MS);
  const input: GenerationRequest = { prompt: "", ...JSON.parse(rested) };
  return useQuery({
    ...queries.generation.estimate.queryOptions({ input }),
    enabled: isKnown && rested === costs,
    placeholderData: keepPreviousData,
  }).data;
}
