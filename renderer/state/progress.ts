import { create } from "zustand";
import type { Progress } from "../../engine/contract/progress.ts";

/** How far running generations are, by id: apart from the queue, so that a step renders one tile. */
export const useProgress = create<Readonly<Record<string, Progress>>>()(() => ({}));

/** A picture of an endpoint is not called nearly done before it is there. */
const MOST_EXPECTED = 0.97;

/**
 * How much of a picture is drawn, 0 to 1: by its steps, or by the time an endpoint was expected to take.
 * Undefined while nobody knows.
 */
export function shareOf(progress: Progress | undefined): number | undefined {
  if (progress === undefined) return undefined;
  const { step, steps, elapsedSeconds, expectedSeconds } = progress;
  if (steps > 0) return step / steps;
  if (elapsedSeconds === undefined || expectedSeconds === undefined) return undefined;
  return Math.min(MOST_EXPECTED, elapsedSeconds / expectedSeconds);
}

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
