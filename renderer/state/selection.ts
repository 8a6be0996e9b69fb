import { useMemo } from "react";
import { create } from "zustand";
import type { Generation } from "../../engine/contract/generation.ts";
import { newestFirst, type QueueState, runningOf, useQueue } from "./queue.ts";

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

/** Which generation is on the stage: the chosen one; else what runs or is next; else the newest. */
export function lookedAt(queue: QueueState, chosenId: string | undefined): Generation | undefined {
  const chosen = chosenId === undefined ? undefined : queue.byId[chosenId];
  if (chosen) return chosen;
  const next = queue.openIds[0];
  return (
    runningOf(queue) ??
    (next === undefined ? undefined : queue.byId[next]) ??
    queue.pressed[0] ??
    newestFirst(queue)[0]
  );
}

export function useLookedAt(): Generation | undefined {
  const queue = useQueue();
  const chosenId = useSelection(({ generationId }) => generationId);
  return useMemo(() => lookedAt(queue, chosenId), [queue, chosenId]);
}
