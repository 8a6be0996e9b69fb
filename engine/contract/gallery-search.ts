/**
 * A gallery search: words of prompts, and settings as `name:value`, such as `castle steps:>20 sampler:ddim seed:12`. A
 * value with spaces is quoted: `model:"SD 2.1"`.
 */

/** How the values of a setting are compared. */
type TermKind = "number" | "exact" | "contains" | "size" | "prompt";

/**
 * The settings that can be searched for, in the order in which they are offered. People type these names, so they are
 * only added to.
 */
export const SEARCH_TERMS = {
  steps: "number",
  sampler: "exact",
  seed: "exact",
  model: "contains",
  guidance: "number",
  size: "size",
  width: "number",
  height: "number",
  strength: "number",
  preset: "exact",
  precision: "exact",
  device: "contains",
  rating: "number",
  tag: "exact",
  album: "exact",
  style: "contains",
  decoder: "exact",
  /** The part of the run with guidance, as two shares: `0-0.8`. */
  "guidance-interval": "exact",
  "cache-interval": "number",
  /** How the start image was resized. */
  resize: "exact",
  /** `local`, `elsewhere`, or an endpoint's id. */
  target: "exact",
  /** The file's name with its folder: all that some imported pictures can be found by. */
  file: "contains",
  /** The id of a picture: finds those with its prompt. */
  like: "prompt",
} as const satisfies Record<string, TermKind>;
export type SearchTermName = keyof typeof SEARCH_TERMS;

export const COMPARISONS = ["=", ">", ">=", "<", "<="] as const;
export type Comparison = (typeof COMPARISONS)[number];

export type SearchTerm =
  | { readonly name: SearchTermName; readonly comparison: Comparison; readonly number: number }
  | { readonly name: SearchTermName; readonly text: string }
  | { readonly name: "size"; readonly width: number; readonly height: number }
  /** An invalid value: no picture matches. */
  | { readonly name: SearchTermName; readonly unreadable: string };

export interface GallerySearch {
  /** The rest, for the prompts. */
  readonly words: string;
  readonly terms: readonly SearchTerm[];
}

/** `name:value`, after a space or at the start. */
const TERM =
  /(?<=^|\s)(?<name>[a-z]+(?:-[a-z]+)*):(?<comparison>[<>]=?|=)?(?:"(?<quoted>[^"]*)"?|(?<plain>\S*))/gi;

/** Parses a typed search. A term without a value is ignored, and an unknown name counts as words. */
export function readSearch(typed: string): GallerySearch {
  const terms: SearchTerm[] = [];
  const words = typed.replace(TERM, (all, ...parts) => {
    const { name = "", comparison = "=", quoted, plain = "" }: Groups = parts.at(-1);
    const known = name.toLowerCase();
    if (!isTermName(known)) return all;
    const value = quoted ?? plain;
    if (value !== "") terms.push(termOf(known, comparison, value));
    return " ";
  });
  return { words, terms };
}

interface Groups {
  readonly name?: string;
  readonly comparison?: Comparison;
  readonly quoted?: string;
  readonly plain?: string;
}

export function isTermName(name: string): name is SearchTermName {
  return Object.hasOwn(SEARCH_TERMS, name);
}

function termOf(name: SearchTermName, comparison: Comparison, value: string): SearchTerm {
  const kind: TermKind = SEARCH_TERMS[name];
  if (kind === "number") {
    return /^\d{1,9}(?:\.\d{0,9})?$/.test(value)
      ? { name, comparison, number: Number(value) }
      : { name, unreadable: value };
  }
  if (comparison !== "=") return { name, unreadable: comparison + value };
  if (kind !== "size") return { name, text: value };
  const [, width, height] = /^(\d{1,5})[x×](\d{1,5})$/i.exec(value) ?? [];
  if (width === undefined) return { name, unreadable: value };
  return { name: "size", width: Number(width), height: Number(height) };
}

/** A search without its terms of one name. */
export function withoutTerm(typed: string, name: SearchTermName): string {
  const left = typed.replace(TERM, (all, ...parts) => {
    const groups: Groups = parts.at(-1);
    return groups.name?.toLowerCase() === name ? "" : all;
  });
  return left.replaceAll(/\s{2,}/g, " ").trim();
}

/** A search in which the values of one term are replaced; undefined leaves a value as it is. */
export function withValues(
  typed: string,
  name: SearchTermName,
  replacement: (value: string) => string | undefined,
): string {
  return typed.replace(TERM, (all, ...parts) => {
    const { name: found = "", comparison, quoted, plain = "" }: Groups = parts.at(-1);
    const isMeant = found.toLowerCase() === name && comparison === undefined;
    const value = isMeant ? replacement(quoted ?? plain) : undefined;
    return value === undefined ? all : writeTerm(name, value);
  });
}

/** A term as a person would type it. */
export function writeTerm(name: SearchTermName, value: string): string {
  // Unquoted, a leading comparison would be parsed as one.
  return /[\s"]|^[<>=]/.test(value) ? `${name}:"${value.replaceAll('"', "")}"` : `${name}:${value}`;
}
