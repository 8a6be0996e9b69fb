import { create } from "zustand";

/** Which generation the Generate page shows; undefined follows the newest. */
export interface SelectionState {
  readonly generationId?: string;
}

export const useSelection = create<SelectionState>()(() => ({}));

export function selectGeneration(generationId: string): void {
  useSelection.setState({ generationId });
}

export function followNewest(): void {
  useSelection.setState({}, true);
}
