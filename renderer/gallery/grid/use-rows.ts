import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useLayoutEffect, useRef } from "react";
import { useAfter } from "../../ui/async-states.tsx";
import { type DisplayOrder, headingOf, rowOf, type Sheet } from "./day-layout.ts";
import { GAP, HEADING, MARGIN, type SizedSheet } from "./use-sheet.ts";

/** Rows are rendered this far beyond the view, pixels: the distance of one fast turn of the wheel. */
const AHEAD = 1400;
/** Rows outside the view are rendered this much later than those in it, milliseconds. */
const FIRST_MS = 250;
/** Space at the bottom for the bar that floats there, pixels. */
const FOOT = 72;

export type Rows = ReturnType<typeof useRows>;

/** The rows in and around the view; the row with the focus stays rendered, so that the focus is never lost. */
export function useRows(
  { sheet, tile, scroller }: SizedSheet,
  order: DisplayOrder,
  focused?: string,
) {
  const line = tile + GAP;
  const heightOf = (row: number) => (sheet.rows[row]?.kind === "day" ? HEADING : line);
  const focus = focused === undefined ? undefined : order.indexOf(focused);
  const isShown = useAfter(FIRST_MS);
  const rangeExtractor = useCallback(
    (range: Range) => {
      const rows = new Set([headingOf(sheet, range.startIndex), ...defaultRangeExtractor(range)]);
      if (focus !== undefined) rows.add(rowOf(sheet, focus));
      return [...rows].toSorted((a, b) => a - b);
    },
    [sheet, focus],
  );
  const rows = useVirtualizer({
    count: sheet.rows.length,
    getScrollElement: () => scroller,
    estimateSize: heightOf,
    // A new function signals new sizes before any old size is used.
    getItemKey: useCallback((row: number) => row, [sheet, tile]),
    rangeExtractor,
    overscan: isShown ? Math.ceil(AHEAD / line) : 1,
    paddingEnd: MARGIN + FOOT,
    scrollPaddingStart: HEADING,
    scrollPaddingEnd: FOOT,
  });
  useHold(rows, { sheet, tile, order });
  return rows;
}

interface Held {
  readonly sheet: Sheet;
  readonly tile: number;
  readonly order: DisplayOrder;
}

/** Keeps the picture at the top edge in place while the sheet is laid out again around it. */
function useHold(
  rows: ReturnType<typeof useVirtualizer<HTMLElement, Element>>,
  { sheet, tile, order }: Held,
): void {
  const held = useRef<{ id: string; below: number }>(undefined);
  useLayoutEffect(() => {
    const index = held.current && order.indexOf(held.current.id);
    if (index === undefined || held.current === undefined) return;
    const start = rows.measurementsCache[rowOf(sheet, index)]?.start ?? 0;
    rows.scrollToOffset(start + held.current.below);
  }, [rows, sheet, tile, order]);
  useLayoutEffect(() => {
    // Read directly: the virtualizer learns of the studio's own scrolling only in the next frame.
    const offset = rows.scrollElement?.scrollTop ?? 0;
    const top = rows.getVirtualItemForOffset(offset);
    const number =
      top === undefined ? 0 : top.index + (sheet.rows[top.index]?.kind === "day" ? 1 : 0);
    const row = sheet.rows[number];
    const start = rows.measurementsCache[number]?.start ?? 0;
    const id = row?.kind === "line" ? order.ids[row.first] : undefined;
    held.current = id === undefined || offset < HEADING ? undefined : { id, below: offset - start };
  });
}
