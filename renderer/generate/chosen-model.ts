import { useQuery } from "@tanstack/react-query";
import type { ModelSummary, StoredModel } from "../../engine/contract/models.ts";
import { useStudio } from "../connection/studio.tsx";

/** The model that the next picture is drawn with. */
export interface ChosenModel {
  readonly id: string;
  /** Every model on this machine; undefined until they are known. */
  readonly all: readonly StoredModel[] | undefined;
  /** Undefined where it is not installed, or not known yet. */
  readonly stored: StoredModel | undefined;
  readonly summary: ModelSummary | undefined;
}

export function useChosenModel(): ChosenModel {
  const { queries } = useStudio();
  const id = useQuery(queries.settings.get.queryOptions()).data?.model ?? "starter";
  const all = useQuery(queries.models.list.queryOptions()).data;
  const stored = all?.find((model) => model.id === id);
  return { id, all, stored, summary: stored?.summary };
}
