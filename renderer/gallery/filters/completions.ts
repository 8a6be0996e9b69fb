import type { GalleryFacets } from "../../../engine/contract/gallery.ts";
import {
  isTermName,
  SEARCH_TERMS,
  type SearchTermName,
  writeTerm,
} from "../../../engine/contract/gallery-search.ts";
import { USED_PRECISIONS } from "../../../engine/contract/precision.ts";
import { DECODERS, PRESETS } from "../../../engine/contract/presets.ts";
import { RESIZE_MODES } from "../../../engine/contract/resize-mode.ts";
import { SCHEDULER_NAMES } from "../../../engine/contract/schedulers.ts";
import { INTERVALS } from "../../picture/faster-values.ts";

/** A suggestion that completes a search. */
export interface Completion {
  /** The completed term. */
  readonly term: string;
  /** The whole search with the completed term. */
  readonly search: string;
  /** The setting that it names, if it has no value yet. */
  readonly name?: SearchTermName;
  /** The name of its target, if it names one by its id. */
  readonly target?: string;
}

/** Maximum number of suggestions. */
const MAX_OFFERED = 8;

/** The last term in the field, which is being typed. */
const LAST = /(?<before>^|.*\s)(?<name>[a-z][a-z-]*)(?::"?(?<value>[^"]*))?$/is;

/**
 * Suggestions for the last term of a search: first names of settings, then their values. An empty search offers all
 * names. Targets are found by their names as well as by their ids.
 */
export function completionsOf(
  typed: string,
  facets: GalleryFacets,
  nameOf: (target: string) => string = (target) => target,
): readonly Completion[] {
  const { before = "", name = "", value } = LAST.exec(typed)?.groups ?? {};
  const lower = name.toLowerCase();
  if (value === undefined) {
    if (name === "" && typed !== "") return [];
    return namesFrom(lower).map((known) => ({
      name: known,
      term: `${known}:`,
      search: `${before}${known}:`,
    }));
  }
  if (!isTermName(lower)) return [];
  const values = VALUES[lower]?.(facets) ?? [];
  const target = (one: string) => (lower === "target" ? { target: nameOf(one) } : {});
  const begins = (text = "") => text.toLowerCase().startsWith(value.toLowerCase());
  return values
    .filter((one) => (begins(one) || begins(target(one).target ?? one)) && one !== value)
    .slice(0, MAX_OFFERED)
    .map((one) => ({ term: writeTerm(lower, one), ...target(one) }))
    .map((found) => ({ ...found, search: `${before}${found.term} ` }));
}

function namesFrom(start: string): SearchTermName[] {
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
  "guidance-interval": () => INTERVALS.map((shares) => shares.join("-")),
  resize: () => RESIZE_MODES,
  target: ({ targets }) => targets.map(({ name }) => name),
};
