import { create } from "zustand";

/** The selected rows or tiles of a list, and the keyboard position. */
export interface ChoiceState {
  readonly chosen: ReadonlySet<string>;
  /** The item that has the focus, or gets it when the list does. */
  readonly focused?: string | undefined;
  /** The start of a range selected with Shift. */
  readonly anchor?: string | undefined;
}

const NONE: ReadonlySet<string> = new Set();

/** Creates the selection of a list by ids, with the behaviour of a file list. */
export function createChoice() {
  const useChoice = create<ChoiceState>()(() => ({ chosen: NONE }));

  /** Selects one item only. */
  function choose(id: string): void {
    useChoice.setState({ chosen: new Set([id]), focused: id, anchor: id });
  }

  /** Adds an item to the selection, or removes it. */
  function toggleChoice(id: string): void {
    useChoice.setState(({ chosen }) => {
      const next = new Set(chosen);
      if (!next.delete(id)) next.add(id);
      return { chosen: next, focused: id, anchor: id };
    });
  }

  /** Selects the range from the anchor to an item; with `isAdded`, the previous selection stays. */
  function chooseUpTo(id: string, ids: readonly string[], isAdded = false): void {
    useChoice.setState(({ chosen, anchor = id }) => {
      const [from, to] = [ids.indexOf(anchor), ids.indexOf(id)].toSorted((a, b) => a - b);
      if (from === undefined || to === undefined || from < 0) return { focused: id };
      const stretch = ids.slice(from, to + 1);
      return { chosen: new Set(isAdded ? [...chosen, ...stretch] : stretch), focused: id, anchor };
    });
  }

  /** Moves the focus without changing the selection. */
  function focusPicture(id: string): void {
    useChoice.setState({ focused: id });
  }

  function chooseAll(ids: readonly string[]): void {
    useChoice.setState({ chosen: new Set(ids) });
  }

  function chooseNone(): void {
    useChoice.setState({ chosen: NONE });
  }

  /** Resets the selection, for example when other pictures are shown. */
  function forgetChoice(): void {
    useChoice.setState({ chosen: NONE }, true);
  }

  /**
   * Removes items that are no longer shown. If the focused item was one of them, the focus moves to the item that took
   * its place, which is selected too if nothing else is, so that Delete can be pressed again.
   */
  function keepChoice(before: readonly string[], after: readonly string[]): void {
    const { chosen, focused } = useChoice.getState();
    if (chosen.size === 0 && focused === undefined) return;
    const there = new Set(after);
    const kept = new Set([...chosen].filter((id) => there.has(id)));
    if (kept.size === chosen.size && (focused === undefined || there.has(focused))) return;
    const place =
      focused === undefined || there.has(focused) ? focused : heir(focused, before, there);
    const isChosen = chosen.size > 0 && kept.size === 0 && place !== undefined;
    useChoice.setState({
      chosen: isChosen ? new Set([place]) : kept,
      focused: place,
      anchor: place,
    });
  }

  return {
    useChoice,
    choose,
    toggleChoice,
    chooseUpTo,
    focusPicture,
    chooseAll,
    chooseNone,
    forgetChoice,
    keepChoice,
  };
}

export type Choice = ReturnType<typeof createChoice>;

/** The gallery's selection. */
export const {
  useChoice,
  choose,
  toggleChoice,
  chooseUpTo,
  focusPicture,
  chooseAll,
  chooseNone,
  forgetChoice,
  keepChoice,
} = createChoice();

/** The selection in a bucket. */
export const bucketChoice = createChoice();

/** The closest item after a removed one, or else before it, that still exists. */
function heir(gone: string, before: readonly string[], there: ReadonlySet<string>) {
  const at = before.indexOf(gone);
  const isThere = (id: string) => there.has(id);
  return before.slice(at + 1).find(isThere) ?? before.slice(0, Math.max(0, at)).findLast(isThere);
}
