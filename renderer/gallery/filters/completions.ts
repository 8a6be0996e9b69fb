import type { GalleryFacets } from "../../../engine/contract/gallery.ts";
import {
  isTermName,
  SEARCH_TERMS,
  type SearchTermName,
  writeTerm,
} from "../../../engine/contract/gallery-search.ts";
import { USED_PRECISIONS } from "../../../engine/contract/precision.ts";
import { DECODERS, PRESETS } from "../../../engine/contract/presets.ts";
import { SCHEDULER_NAMES } from "../../../engine/contract/schedulers.ts";

/** A suggestion that completes a search. */
export interface Completion {
  /** The completed term. */
  readonly term: string;
  /** The whole search with the completed term. */
  readonly search: string;
  /** The setting that it names, if it has no value yet. */
  readonly name?: SearchTermName;
}

/** Maximum number of suggestions. */
const MAX_OFFERED = 8;

/** The last term in the field, which is being typed. */
const LAST = /(?<before>^|.*\s)(?<name>[a-z]+)(?::"?(?<value>[^"]*))?$/is;

/** Suggestions for the last term of a search: first names of settings, then their values. */
export function completionsOf(typed: string, facets: GalleryFacets): readonly Completion[] {
  const { before = "", name = "", value } = LAST.exec(typed)?.groups ?? {};
  const lower = name.toLowerCase();
  if (value === undefined) {
    return namesFrom(lower).map((known) => ({
      name: known,
      term: `${known}:`,
      search: `${before}${known}:`,
    }));
  }
  if (!isTermName(lower)) return [];
  const values = VALUES[lower]?.(facets) ?? [];
  return values
    .filter((one) => one.toLowerCase().startsWith(value.toLowerCase()) && one !== value)
    .slice(0, MAX_OFFERED)
    .map((one) => writeTerm(lower, one))
    .map((term) => ({ term, search: `${before}${term} ` }));
}

function namesFrom(start: string): SearchTermName[] {
  if (start === "") return [];
  const names = Object.keys(SEARCH_TERMS).filter(isTermName);
  // People do not type ids.
  return names.filter((name) => name !== "like" && name.startsWith(start));
}

/** The values of each setting, where they can be listed. */
const VALUES: Readonly<
  Partial<Record<SearchTermName, (facets: GalleryFacets) => readonly string[]>>
> = {
  sampler: () => SCHEDULER_NAMES,
  model: ({ models }) => models.map(({ name }) => name),
  size: ({ sizes }) => sizes.map(({ width, height }) => `${width}x${height}`),
  tag: ({ tags }) => tags.map(({ name }) => name),
  album: ({ albums }) => albums.map(({ name }) => name),
  preset: () => PRESETS,
  precision: () => USED_PRECISIONS,
  decoder: () => DECODERS,
};
