import type { Choice } from "../../state/choice.ts";

/** The parts of a key press that a list uses. */
export interface ListKey {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The row that each key moves to from the row at `index`; `page` is the number of rows in view. */
const MOVES: Readonly<Record<string, (index: number, page: number) => number>> = {
  ArrowUp: (index) => index - 1,
  ArrowDown: (index) => index + 1,
  PageUp: (index, page) => index - page,
  PageDown: (index, page) => index + page,
  Home: () => 0,
  End: () => Number.POSITIVE_INFINITY,
};

/**
 * Handles the usual keys of a file list: arrows select the row they reach, Shift selects a range, Ctrl only moves,
 * Space adds to the selection. Returns whether the key was one of them.
 */
export function pressKey(event: ListKey, ids: readonly string[], page: number, choice: Choice) {
  const { focused } = choice.useChoice.getState();
  if (event.altKey || ids.length === 0) return false;
  if (event.key === " " && focused !== undefined) {
    choice.toggleChoice(focused);
    return true;
  }
  const move = MOVES[event.key];
  if (move === undefined) return false;
  const here = focused === undefined ? -1 : ids.indexOf(focused);
  const id = ids[Math.max(0, Math.min(move(here, page), ids.length - 1))];
  if (id === undefined) return false;
  const isWith = event.ctrlKey || event.metaKey;
  if (event.shiftKey) choice.chooseUpTo(id, ids, isWith);
  else if (isWith) choice.focusPicture(id);
  else choice.choose(id);
  return true;
}

/** Selects what a mouse click on a row selects. */
export function pressRow(
  event: Omit<ListKey, "key" | "altKey">,
  id: string,
  ids: readonly string[],
  choice: Choice,
): void {
  const isWith = event.ctrlKey || event.metaKey;
  if (event.shiftKey) choice.chooseUpTo(id, ids, isWith);
  else if (isWith) choice.toggleChoice(id);
  else choice.choose(id);
}
