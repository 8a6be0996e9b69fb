import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Endpoint } from "../../engine/contract/endpoints.ts";
import { LOCAL_TARGET } from "../../engine/contract/generation.ts";
import type { Seconds } from "../../engine/contract/progress.ts";
import { useStudio } from "../connection/studio.tsx";
import { type KnownEndpoint, withoutMeasurements } from "../state/endpoints.ts";
import { useWords } from "../words/words.ts";

/** All endpoints with their measurements; undefined until they are known. */
export function useEndpoints(): readonly Endpoint[] | undefined {
  const { queries } = useStudio();
  return useQuery(queries.endpoints.list.queryOptions()).data;
}

/** All endpoints, for what need not render when a picture ends there; undefined until they are known. */
export function useKnownEndpoints(): readonly KnownEndpoint[] | undefined {
  const { queries } = useStudio();
  return useQuery(queries.endpoints.list.queryOptions({ select: withoutMeasurements })).data;
}

/** The endpoint of a target; undefined for this device, and for an endpoint that was removed. */
export function useEndpoint(target: string): Endpoint | undefined {
  return useEndpoints()?.find(({ id }) => id === target);
}

/** Seconds that a picture took, without loading the model, which the next picture does not need. */
export function secondsOf({ text, denoise, decode }: Seconds): number {
  return text + denoise + decode;
}

/** The contract's target for pictures of other studios. */
const ELSEWHERE = "elsewhere";

/** Whether a picture was drawn on an endpoint. */
export function isRemote(target: string): boolean {
  return target !== LOCAL_TARGET && target !== ELSEWHERE;
}

/** The display name of a target: an endpoint's name instead of its id. */
export function useTargetName(): (target: string) => string {
  const t = useWords("picture");
  const all = useKnownEndpoints();
  return useCallback(
    (target: string) => {
      if (target === LOCAL_TARGET) return t("local");
      if (target === ELSEWHERE) return t("elsewhere");
      const endpoint = all?.find(({ id }) => id === target);
      if (endpoint) return endpoint.name;
      return all === undefined ? t("endpoint") : t("endpointGone");
    },
    [t, all],
  );
}
