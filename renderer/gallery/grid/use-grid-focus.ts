import { type FocusEvent, useLayoutEffect, useRef } from "react";
import { choose, useChoice } from "../../state/choice.ts";
import { type DisplayOrder, rowOf } from "./day-layout.ts";
import type { Rows } from "./use-rows.ts";
import type { SizedSheet } from "./use-sheet.ts";

/**
 * Moves the focus to the picture that the selection names: its tile scrolls into view and, while the grid has the
 * focus, receives it. That also holds after a new layout has replaced the tile's element.
 */
export function useGridFocus(rows: Rows, { sheet, scroller }: SizedSheet, order: DisplayOrder) {
  const focused = useChoice((choice) => choice.focused);
  const isInside = useRef(false);
  const last = useRef(focused);
  useLayoutEffect(() => {
    if (focused === undefined || scroller === null) return;
    const index = order.indexOf(focused);
    if (index === undefined) return;
    if (last.current !== focused) rows.scrollToIndex(rowOf(sheet, index), { align: "auto" });
    last.current = focused;
    if (!isInside.current || document.activeElement?.closest("input, [role=dialog]")) return;
    tileOf(scroller, focused)?.focus({ preventScroll: true });
  }, [focused, rows, sheet, order, scroller]);
  return {
    onFocus: ({ target }: FocusEvent<HTMLElement>) => {
      isInside.current = true;
      const { chosen, focused } = useChoice.getState();
      const id = target.dataset["id"];
      // Focus came by Tab: the arrow keys continue from this tile.
      if (id !== undefined && focused === undefined && chosen.size === 0) choose(id);
    },
    onBlur: ({ relatedTarget, currentTarget }: FocusEvent<HTMLElement>) => {
      // When a focused tile disappears, the focus is lost rather than moved elsewhere; the grid has not been left.
      if (relatedTarget !== null && !currentTarget.contains(relatedTarget))
        isInside.current = false;
    },
  };
}

export function tileOf(within: ParentNode, id: string): HTMLElement | null {
  return within.querySelector<HTMLElement>(`[role="gridcell"][data-id="${id}"]`);
}
