import type { KeyboardEvent } from "react";
import { choose, chooseUpTo, focusPicture, toggleChoice, useChoice } from "../../state/choice.ts";
import type { Order } from "./contact-sheet.ts";
import { isMove, moved } from "./moves.ts";
import type { Rows } from "./use-rows.ts";
import { GAP, type SizedSheet } from "./use-sheet.ts";

/**
 * The grid's own keys, as in lists of files everywhere: arrows choose what they reach, Shift chooses
 * all in between, Ctrl only moves, Ctrl+Space chooses more. What else can be done has its keys from
 * the registry.
 */
export function useGridKeys(rows: Rows, { sheet, tile }: SizedSheet, order: Order) {
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
