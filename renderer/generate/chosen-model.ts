import { useQuery } from "@tanstack/react-query";
import { LOCAL_TARGET } from "../../engine/contract/generation.ts";
import type { ModelSummary, StoredModel } from "../../engine/contract/models.ts";
import { useStudio } from "../connection/studio.tsx";
import { useForm } from "../state/form.ts";

/** The model for the next picture. */
export interface ChosenModel {
  readonly id: string;
  /** All models on this machine; undefined until they are known. */
  readonly all: readonly StoredModel[] | undefined;
  /** Undefined if it is not installed, or not known yet. */
  readonly stored: StoredModel | undefined;
  /** Its recommended settings; undefined if an endpoint draws with its own model. */
  readonly summary: ModelSummary | undefined;
}

export function useChosenModel(): ChosenModel {
  const { queries } = useStudio();
  const id = useQuery(queries.settings.get.queryOptions()).data?.model ?? "starter";
  const all = useQuery(queries.models.list.queryOptions()).data;
  const isRemote = useForm(({ target }) => target !== LOCAL_TARGET);
  const stored = all?.find((model) => model.id === id);
  // Recommendations of a local model do not apply to an endpoint's model.
  return { id, all, stored, summary: isRemote ? undefined : stored?.summary };
}
