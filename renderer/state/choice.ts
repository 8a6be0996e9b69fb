import { create } from "zustand";

/** Which rows or tiles of a list are chosen, and where the keyboard stands. */
export interface ChoiceState {
  readonly chosen: ReadonlySet<string>;
  /** What has or would get the focus. */
  readonly focused?: string | undefined;
  /** Where a stretch chosen with Shift begins. */
  readonly anchor?: string | undefined;
}

const NONE: ReadonlySet<string> = new Set();

/** A choice among what a list shows by ids, as lists of files have it everywhere. */
export function createChoice() {
  const useChoice = create<ChoiceState>()(() => ({ chosen: NONE }));

  /** Chooses one and nothing else. */
  function choose(id: string): void {
    useChoice.setState({ chosen: new Set([id]), focused: id, anchor: id });
  }

  /** Adds one to the chosen ones, or takes it away. */
  function toggleChoice(id: string): void {
    useChoice.setState(({ chosen }) => {
      const next = new Set(chosen);
      if (!next.delete(id)) next.add(id);
      return { chosen: next, focused: id, anchor: id };
    });
  }

  /** Chooses everything from the anchor to another; what was chosen before stays where `isAdded`. */
  function chooseUpTo(id: string, ids: readonly string[], isAdded = false): void {
    useChoice.setState(({ chosen, anchor = id }) => {
      const [from, to] = [ids.indexOf(anchor), ids.indexOf(id)].toSorted((a, b) => a - b);
      if (from === undefined || to === undefined || from < 0) return { focused: id };
      const stretch = ids.slice(from, to + 1);
      return { chosen: new Set(isAdded ? [...chosen, ...stretch] : stretch), focused: id, anchor };
    });
  }

  /** Moves the focus and leaves what is chosen. */
  function focusPicture(id: string): void {
    useChoice.setState({ focused: id });
  }

  function chooseAll(ids: readonly string[]): void {
    useChoice.setState({ chosen: new Set(ids) });
  }

  function chooseNone(): void {
    useChoice.setState({ chosen: NONE });
  }

  /** As if nothing had ever been chosen: where other pictures are shown. */
  function forgetChoice(): void {
    useChoice.setState({ chosen: NONE }, true);
  }

  /**
   * Lets go of what is no longer shown. Where the focus was on one of them it goes to what
   * took its place, which is chosen too where nothing else is: the next Delete goes on.
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

/** Of the pictures of the gallery. */
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

/** Of the rows of a bucket. */
export const bucketChoice = createChoice();

/** The nearest after one that went, or before it, that is still there. */
function heir(gone: string, before: readonly string[], there: ReadonlySet<string>) {
  const at = before.indexOf(gone);
  const isThere = (id: string) => there.has(id);
  return before.slice(at + 1).find(isThere) ?? before.slice(0, Math.max(0, at)).findLast(isThere);
}
