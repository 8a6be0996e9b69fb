import { useMemo } from "react";
import type { Generation } from "../../../engine/contract/generation.ts";
import { newestFirst, type QueueState, runningOf, useQueue } from "../../state/queue.ts";
import { useSelection } from "../../state/selection.ts";

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
