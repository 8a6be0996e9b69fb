import type { MenuEntry } from "./menu.tsx";

/** What of an entry a search reads. */
export type Findable = Pick<MenuEntry, "id" | "label" | "group" | "keywords">;

/**
 * The entries that hold every word of a search, the best first: words that a label begins with count most, those of
 * other names least. Among equals, and a little beyond, comes first what was used lately. Without a search: all of
 * them, as they come.
 */
export function rankEntries<Entry extends Findable>(
  entries: readonly Entry[],
  search: string,
  recent: readonly string[],
): readonly Entry[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  const scored = entries.map((entry) => ({ entry, score: scoreOf(entry, words) }));
  const boost = (id: string) => (recent.includes(id) ? 1 - recent.indexOf(id) / recent.length : 0);
  return scored
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score + boost(b.entry.id) - (a.score + boost(a.entry.id)))
    .map(({ entry }) => entry);
}

/** Points of one word, by where it stands. */
const START = 4;
const WORD = 3;
const INSIDE = 2;
const KEYWORD = 1;

/** 0 where a word is nowhere; otherwise what the words come to on average. */
function scoreOf({ label, group = "", keywords = [] }: Findable, words: readonly string[]): number {
  const name = label.toLowerCase();
  const others = [group, ...keywords].join(" ").toLowerCase();
  const points = words.map((word) => {
    if (name.startsWith(word)) return START;
    if (name.includes(` ${word}`)) return WORD;
    if (name.includes(word)) return INSIDE;
    return others.includes(word) ? KEYWORD : 0;
  });
  if (points.includes(0)) return 0;
  return points.reduce<number>((sum, one) => sum + one, 0) / points.length;
}
