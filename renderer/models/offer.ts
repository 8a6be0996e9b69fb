import type { CatalogueEntry } from "../../engine/contract/catalogue.ts";
import type { Repository } from "../../engine/contract/models.ts";
import type { Transfer } from "../../engine/contract/transfers.ts";

/** A download that the user has to confirm. */
export type Offer =
  | { readonly kind: "catalogue"; readonly entry: CatalogueEntry }
  | { readonly kind: "repository"; readonly repository: Repository };

/** One of the available precisions; `name` is empty for files without a variant in their names. */
export interface Variant {
  readonly name: string;
  readonly sizeBytes: number;
}

/** The precisions to choose from, the recommended one first: float16, if it is available. */
export function variantsOf(offer: Offer): readonly Variant[] {
  if (offer.kind === "catalogue") {
    return [{ name: "fp16", sizeBytes: offer.entry.downloadBytes }];
  }
  return offer.repository.variants.toSorted(
    (a, b) => Number(b.name === "fp16") - Number(a.name === "fp16"),
  );
}

export function nameOf(offer: Offer): string {
  return offer.kind === "catalogue" ? offer.entry.title : offer.repository.id;
}

const OPEN: ReadonlySet<Transfer["state"]> = new Set(["waiting", "running", "paused"]);

/** The download of a model of the catalogue that is going on, whether it was asked for there or by its repository. */
export function downloadOf(
  { title, sources }: CatalogueEntry,
  transfers: readonly Transfer[],
): Transfer | undefined {
  const names = new Set([title, ...sources]);
  return transfers.find(
    ({ kind, name, state }) => kind === "download" && OPEN.has(state) && names.has(name),
  );
}
