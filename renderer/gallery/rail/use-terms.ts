import type { GalleryQuery } from "../../../engine/contract/gallery.ts";
import {
  readSearch,
  type SearchTermName,
  withoutTerm,
  writeTerm,
} from "../../../engine/contract/gallery-search.ts";

export interface Terms {
  readonly has: (name: SearchTermName, value: string) => boolean;
  readonly toggle: (name: SearchTermName, value: string) => void;
  /** Replaces the terms of a name by a term in its typed form; undefined removes them. */
  readonly put: (name: SearchTermName, term: string | undefined) => void;
  readonly search: string;
}

/** The terms of the search; each is one filter. */
export function useTerms(
  { search = "", ...others }: GalleryQuery,
  onAsk: (query: GalleryQuery) => void,
): Terms {
  const { terms } = readSearch(search);
  const has = (name: SearchTermName, value: string) =>
    terms.some(
      (term) =>
        term.name === name && "text" in term && term.text.toLowerCase() === value.toLowerCase(),
    );
  const put = (name: SearchTermName, term?: string) => {
    const words = [withoutTerm(search, name), term ?? ""].join(" ").trim();
    onAsk(words === "" ? others : { ...others, search: words });
  };
  const toggle = (name: SearchTermName, value: string) =>
    put(name, has(name, value) ? undefined : writeTerm(name, value));
  return { has, put, toggle, search };
}
