import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Estimate } from "../../../engine/contract/generation.ts";
import type { GenerationRequest } from "../../../engine/contract/request.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useDebounced } from "../../ui/use-debounced.ts";

/** The studio is asked once the numbers have rested. */
const REST_MS = 250;

/** How long a request would take; what it takes does not depend on the words in it. */
export function useEstimate(request: GenerationRequest, isKnown: boolean): Estimate | undefined {
  const { queries } = useStudio();
  // What is absent is left out of the JSON; the seed and the count cost nothing.
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
