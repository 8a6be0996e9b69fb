import { create } from "zustand";
import type { Progress } from "../../engine/contract/progress.ts";

/** How far running generations are, by id: apart from the queue, so that a step renders one tile. */
export const useProgress = create<Readonly<Record<string, Progress>>>()(() => ({}));

/** A tick without a new preview keeps the one before: the picture never falls back to nothing. */
export function tick(generationId: string, progress: Progress): void {
  useProgress.setState((before) => {
    const preview = progress.preview ?? before[generationId]?.preview;
    return { [generationId]: preview === undefined ? progress : { ...progress, preview } };
  });
}

export function forgetProgress(ids: readonly string[]): void {
  const gone = new Set(ids);
  useProgress.setState(
    (before) => Object.fromEntries(Object.entries(before).filter(([id]) => !gone.has(id))),
    true,
  );
}
