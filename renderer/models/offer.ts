import type { CatalogueEntry, Repository } from "../../engine/contract/models.ts";

/** What a person is about to download, before they say yes. */
export type Offer =
  | { readonly kind: "catalogue"; readonly entry: CatalogueEntry }
  | { readonly kind: "repository"; readonly repository: Repository };

/** One of the precisions on offer; `name` is empty for files without a variant in their names. */
export interface Variant {
  readonly name: string;
  readonly sizeBytes: number;
}

/** The precisions to choose from, the one to take first in front: halves, where they are offered. */
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
