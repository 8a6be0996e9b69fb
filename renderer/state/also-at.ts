import { create } from "zustand";

/** The targets of a press besides the form's own. */
export interface AlsoAt {
  /** Ids of endpoints, or this device. */
  readonly targets: readonly string[];
  /** Whether the pictures are spread over all targets, rather than each drawn at every one. */
  readonly isSpread: boolean;
}

/** Not kept across reloads: using several machines should be a fresh decision. */
export const useAlsoAt = create<AlsoAt>()(() => ({ targets: [], isSpread: false }));

export function toggleAlsoAt(target: string, isChosen: boolean): void {
  useAlsoAt.setState(({ targets }) => {
    const others = targets.filter((one) => one !== target);
    return { targets: isChosen ? [...others, target] : others };
  });
}

export function setSpread(isSpread: boolean): void {
  useAlsoAt.setState({ isSpread });
}
