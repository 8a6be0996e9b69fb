import { lineOf, type Sheet } from "./contact-sheet.ts";

/** Keys that move the focus on the sheet. */
const MOVES = {
  ArrowLeft: (_, index) => index - 1,
  ArrowRight: (_, index) => index + 1,
  ArrowUp: (sheet, index) => byLines(sheet, index, -1),
  ArrowDown: (sheet, index) => byLines(sheet, index, 1),
  PageUp: (sheet, index, page) => byLines(sheet, index, -page),
  PageDown: (sheet, index, page) => byLines(sheet, index, page),
  Home: () => 0,
  End: () => Number.POSITIVE_INFINITY,
} satisfies Record<string, (sheet: Sheet, index: number, page: number) => number>;

export type MoveKey = keyof typeof MOVES;

export function isMove(key: string): key is MoveKey {
  return Object.hasOwn(MOVES, key);
}

/** Where the focus goes from the picture at `index`; `page` is how many lines are in view. */
export function moved(sheet: Sheet, index: number, key: MoveKey, page: number): number {
  const last = sheet.rows[sheet.lines.at(-1) ?? -1];
  const total = last?.kind === "line" ? last.first + last.count : 0;
  return Math.max(0, Math.min(MOVES[key](sheet, index, page), total - 1));
}

/** Up and down stay in the column, as far as the other line reaches; headings are passed over. */
function byLines(sheet: Sheet, index: number, by: number): number {
  const here = lineOf(sheet, index);
  const there = Math.max(0, Math.min(here + by, sheet.lines.length - 1));
  const [from, to] = [here, there].map((line) => sheet.rows[sheet.lines[line] ?? -1]);
  if (from?.kind !== "line" || to?.kind !== "line" || here === there) return index;
  return to.first + Math.min(index - from.first, to.count - 1);
}
