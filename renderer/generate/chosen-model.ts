import { useQuery } from "@tanstack/react-query";
import { LOCAL_TARGET } from "../../engine/contract/generation.ts";
import type { ModelSummary, StoredModel } from "../../engine/contract/models.ts";
import { useStudio } from "../connection/studio.tsx";
import { useForm } from "../state/form.ts";

/** The model that the next picture is drawn with. */
export interface ChosenModel {
  readonly id: string;
  /** Every model on this machine; undefined until they are known. */
  readonly all: readonly StoredModel[] | undefined;
  /** Undefined where it is not installed, or not known yet. */
  readonly stored: StoredModel | undefined;
  /** What it recommends; undefined where an endpoint draws with a model of its own. */
  readonly summary: ModelSummary | undefined;
}

export function useChosenModel(): ChosenModel {
  const { queries } = useStudio();
  const id = useQuery(queries.settings.get.queryOptions()).data?.model ?? "starter";
  const all = useQuery(queries.models.list.queryOptions()).data;
  const isRemote = useForm(({ target }) => target !== LOCAL_TARGET);
  const stored = all?.find((model) => model.id === id);
  // What a model here recommends means nothing to an endpoint's.
  return { id, all, stored, summary: isRemote ? undefined : stored?.summary };
}
