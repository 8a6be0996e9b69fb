import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Endpoint } from "../../engine/contract/endpoints.ts";
import { LOCAL_TARGET } from "../../engine/contract/generation.ts";
import type { Seconds } from "../../engine/contract/progress.ts";
import { useStudio } from "../connection/studio.tsx";
import { useWords } from "../words/words.ts";

/** The endpoints there are; undefined until they are known. */
export function useEndpoints(): readonly Endpoint[] | undefined {
  const { queries } = useStudio();
  return useQuery(queries.endpoints.list.queryOptions()).data;
}

/** The endpoint that a target is; undefined for this device, and for one that is gone. */
export function useEndpoint(target: string): Endpoint | undefined {
  return useEndpoints()?.find(({ id }) => id === target);
}

/** How long a picture took, without loading the model, which the next one does not pay. */
export function secondsOf({ text, denoise, decode }: Seconds): number {
  return text + denoise + decode;
}

/** Where another studio drew, as the contract calls it. */
const ELSEWHERE = "elsewhere";

/** Whether a picture was drawn on an endpoint. */
export function isRemote(target: string): boolean {
  return target !== LOCAL_TARGET && target !== ELSEWHERE;
}

/** What people call a target: an endpoint's name instead of its id. */
export function useTargetName(): (target: string) => string {
  const t = useWords("picture");
  const all = useEndpoints();
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
