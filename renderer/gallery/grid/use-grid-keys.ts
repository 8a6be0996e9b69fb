import type { KeyboardEvent } from "react";
import { choose, chooseUpTo, focusPicture, toggleChoice, useChoice } from "../../state/choice.ts";
import { type DisplayOrder, lineOf, type Sheet } from "./day-layout.ts";
import type { Rows } from "./use-rows.ts";
import { GAP, type SizedSheet } from "./use-sheet.ts";

/**
 * The usual keys of a file list: arrows select the tile they reach, Shift selects a range, Ctrl only moves, Ctrl+Space
 * adds to the selection. Other actions get their keys from the registry.
 */
export function useGridKeys(rows: Rows, { sheet, tile }: SizedSheet, order: DisplayOrder) {
  const onMove = (event: KeyboardEvent, focused: string) => {
    const index = order.indexOf(focused);
    if (!isMove(event.key) || index === undefined) return;
    const page = Math.max(1, Math.floor((rows.scrollRect?.height ?? 0) / (tile + GAP)) - 1);
    const id = order.ids[moved(sheet, index, event.key, page)];
    if (id === undefined) return;
    event.preventDefault();
    const isWith = event.ctrlKey || event.metaKey;
    if (event.shiftKey) chooseUpTo(id, order.ids, isWith);
    else if (isWith) focusPicture(id);
    else choose(id);
  };
  return {
    onKeyDown: (event: KeyboardEvent) => {
      const { focused } = useChoice.getState();
      if (focused === undefined || event.altKey) return;
      const isToggle = event.key === " " && (event.ctrlKey || event.metaKey);
      if (!isToggle) return onMove(event, focused);
      event.preventDefault();
      toggleChoice(focused);
    },
  };
}

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

/** The index that the focus moves to from the picture at `index`; `page` is the number of lines in view. */
export function moved(sheet: Sheet, index: number, key: MoveKey, page: number): number {
  const last = sheet.rows[sheet.lines.at(-1) ?? -1];
  const total = last?.kind === "line" ? last.first + last.count : 0;
  return Math.max(0, Math.min(MOVES[key](sheet, index, page), total - 1));
}

/** Up and down stay in the column if the other line reaches that far; headings are skipped. */
function byLines(sheet: Sheet, index: number, by: number): number {
  const here = lineOf(sheet, index);
  const there = Math.max(0, Math.min(here + by, sheet.lines.length - 1));
  const [from, to] = [here, there].map((line) => sheet.rows[sheet.lines[line] ?? -1]);
  if (from?.kind !== "line" || to?.kind !== "line" || here === there) return index;
  return to.first + Math.min(index - from.first, to.count - 1);
}
