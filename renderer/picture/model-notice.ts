import type { CatalogueEntry } from "../../engine/contract/catalogue.ts";
import type { StoredModel } from "../../engine/contract/models.ts";

/** What there is to say of the model of a picture whose settings are applied. */
export type ModelNotice =
  /** Its model is on this computer, but another one, `former`, is chosen. */
  | {
      readonly kind: "other";
      readonly id: string;
      readonly name: string;
      readonly used: string;
      readonly former: string;
    }
  /** Its model is not on this computer; `wanted` is its id in the catalogue, empty if it is not in there. */
  | {
      readonly kind: "missing";
      readonly name: string;
      readonly used: string;
      readonly wanted: string;
    };

export interface KnownModels {
  readonly models: readonly Pick<StoredModel, "id" | "summary">[];
  /** The id of the chosen model. */
  readonly chosen: string;
  readonly catalogue: readonly Pick<CatalogueEntry, "id" | "title" | "sources">[];
}

/** Whether a picture that names its model was drawn with this one. */
export function isNamed({ id, summary }: KnownModels["models"][number], name: string): boolean {
  return id === name || summary?.name === name;
}

/** Undefined if the picture was drawn with the chosen model, or does not name one. */
export function modelNotice(
  name: string | undefined,
  { models, chosen, catalogue }: KnownModels,
): ModelNotice | undefined {
  if (name === undefined) return undefined;
  const present = models.find(({ id }) => id === chosen);
  if (present !== undefined && isNamed(present, name)) return undefined;
  const used = present?.summary?.name ?? chosen;
  const stored = models.find((model) => isNamed(model, name));
  if (stored !== undefined) return { kind: "other", id: stored.id, name, used, former: chosen };
  const entry = catalogue.find(
    ({ id, title, sources }) =>
      id === name ||
      title === name ||
      sources.some((source) => source === name || source.endsWith(`/${name}`)),
  );
  return { kind: "missing", name, used, wanted: entry?.id ?? "" };
}
