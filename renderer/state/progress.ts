import { create } from "zustand";
import type { Progress } from "../../engine/contract/progress.ts";

/** Progress of running generations, by id. Separate from the queue, so that a step renders only one tile. */
export const useProgress = create<Readonly<Record<string, Progress>>>()(() => ({}));

/** Maximum estimated progress of an endpoint's picture before it arrives. */
const MOST_EXPECTED = 0.97;

/**
 * The part of a picture that is drawn, 0 to 1: by its steps, or by an endpoint's expected time. Undefined while
 * unknown.
 */
export function shareOf(progress: Progress | undefined): number | undefined {
  if (progress === undefined) return undefined;
  const { step, steps, elapsedSeconds, expectedSeconds } = progress;
  if (steps > 0) return step / steps;
  if (elapsedSeconds === undefined || expectedSeconds === undefined) return undefined;
  return Math.min(MOST_EXPECTED, elapsedSeconds / expectedSeconds);
}

/** Updates the progress. Without a new preview the previous one stays, so that the picture never disappears. */
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
