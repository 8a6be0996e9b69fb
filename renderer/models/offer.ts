import type { CatalogueEntry } from "../../engine/contract/catalogue.ts";
import type { Repository } from "../../engine/contract/models.ts";

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
