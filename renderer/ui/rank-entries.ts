import type { MenuEntry } from "./menu.tsx";

/** The fields of an entry that a search reads. */
export type Findable = Pick<MenuEntry, "id" | "label" | "group" | "keywords">;

/**
 * The entries that contain every word of a search, best first: words at the start of a label count most, those in other
 * names least. Among entries with equal or almost equal scores, recently used ones come first. Without a search, all
 * entries in their own order.
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

/** Score of one word, by its position. */
const START = 4;
const WORD = 3;
const INSIDE = 2;
const KEYWORD = 1;

/** The average score of the words; 0 if any is missing. */
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
