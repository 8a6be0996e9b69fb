import { create } from "zustand";

/** Where else a press draws, besides the form's own target. */
export interface AlsoAt {
  /** Endpoints by their ids, or this device. */
  readonly targets: readonly string[];
  /** Whether the pictures are spread over all targets, instead of each being drawn at every one. */
  readonly isSpread: boolean;
}

/** Lost with the page: what costs several machines' time is asked for anew. */
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
