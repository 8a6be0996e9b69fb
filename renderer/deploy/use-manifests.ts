import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { DeployDraft, DeployField, DeployManifests } from "../../engine/contract/deploy.ts";
import { useStudio } from "../connection/studio.tsx";
import { useDebounced } from "../ui/use-debounced.ts";

/** The manifests are made this long after the last key press, milliseconds. */
const REST_MS = 150;

export interface ShownManifests {
  /** Made from the current values, or from the last valid ones. */
  readonly manifests: DeployManifests | undefined;
  readonly isStale: boolean;
  readonly hasFaults: boolean;
  readonly error: Error | null;
  /** What is wrong with a field, and what to do. */
  readonly faultOf: (field: DeployField) => string | undefined;
}

/** The manifests of a draft while it is typed, and the errors of its fields. */
export function useManifests(draft: DeployDraft): ShownManifests {
  const { queries } = useStudio();
  const input = useDebounced(draft, REST_MS);
  const { data, error } = useQuery({
    ...queries.deploy.manifests.queryOptions({ input }),
    enabled: input.connectionId !== "",
    placeholderData: keepPreviousData,
  });
  const [last, setLast] = useState<DeployManifests>();
  const isSound = data !== undefined && data.faults.length === 0;
  if (isSound && data !== last) setLast(data);
  return {
    manifests: isSound ? data : last,
    isStale: !isSound,
    hasFaults: data !== undefined && !isSound,
    error,
    faultOf: (field) => data?.faults.find((fault) => fault.field === field)?.error.message,
  };
}
