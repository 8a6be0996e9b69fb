import { useMemo } from "react";
import { create } from "zustand";
import type { Generation } from "../../engine/contract/generation.ts";
import { useImages } from "./images.ts";
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

/** Whether a generation's picture is in the trash: then it is not shown. */
type IsTrashed = (generation: Generation) => boolean;

/**
 * Which generation is on the stage: the chosen one, or the one after it in the strip where it was
 * trashed; else what runs or is next; else the newest.
 */
export function lookedAt(
  queue: QueueState,
  chosenId: string | undefined,
  isTrashed: IsTrashed = () => false,
): Generation | undefined {
  const all = newestFirst(queue);
  const at = all.findIndex(({ id }) => id === chosenId);
  const beside = [...all.slice(Math.max(at, 0)), ...all.slice(0, Math.max(at, 0)).toReversed()];
  const nearest = beside.find((generation) => !isTrashed(generation));
  if (at >= 0) return nearest;
  const next = queue.openIds[0];
  return (
    runningOf(queue) ??
    (next === undefined ? undefined : queue.byId[next]) ??
    queue.pressed[0] ??
    nearest
  );
}

/** What the session strip shows, newest first, and which of it is on the stage. */
export function useSession() {
  const queue = useQueue();
  const chosenId = useSelection(({ generationId }) => generationId);
  const trashed = useTrashed();
  return useMemo(() => {
    const isTrashed: IsTrashed = ({ imageId }) => imageId !== undefined && trashed.has(imageId);
    return {
      all: newestFirst(queue).filter((generation) => !isTrashed(generation)),
      looked: lookedAt(queue, chosenId, isTrashed),
    };
  }, [queue, chosenId, trashed]);
}

/** Ids of the pictures in the trash that are known here. */
function useTrashed(): ReadonlySet<string> {
  const ids = useImages((images) =>
    Object.values(images)
      .filter(({ isTrashed }) => isTrashed)
      .map(({ id }) => id)
      .join(" "),
  );
  return useMemo(() => new Set(ids.split(" ")), [ids]);
}
