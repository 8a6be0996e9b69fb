import { create } from "zustand";

/** The targets of a press besides the one that is chosen in the form. */
export interface ExtraTargets {
  /** Ids of endpoints, or this device. */
  readonly targets: readonly string[];
  /** Whether the pictures are spread over all targets, rather than each drawn at every one. */
  readonly isSpread: boolean;
}

/** Not stored: whether to use several machines is decided anew after each reload. */
export const useExtraTargets = create<ExtraTargets>()(() => ({ targets: [], isSpread: false }));

export function toggleExtraTarget(target: string, isChosen: boolean): void {
  useExtraTargets.setState(({ targets }) => {
    const others = targets.filter((one) => one !== target);
    return { targets: isChosen ? [...others, target] : others };
  });
}

export function setSpread(isSpread: boolean): void {
  useExtraTargets.setState({ isSpread });
}
