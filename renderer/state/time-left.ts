import type { Generation } from "../../engine/contract/generation.ts";
import type { Progress } from "../../engine/contract/progress.ts";
import type { QueueState } from "./queue.ts";

/** Where the queue stands: the running one's place among those that line up together. */
export interface QueuePosition {
  readonly position: number;
  readonly total: number;
}

/** Counts what has ended since the oldest open one was asked for; undefined where nothing is open. */
export function positionIn({ byId, openIds }: QueueState): QueuePosition | undefined {
  const open = openIds.flatMap((id) => byId[id] ?? []);
  if (open.length === 0) return undefined;
  const since = open.map(({ createdAt }) => createdAt).toSorted()[0] ?? "";
  const ended = Object.values(byId).filter(
    ({ endedAt }) => endedAt !== undefined && endedAt >= since,
  );
  return { position: ended.length + 1, total: ended.length + open.length };
}

/** Seconds until all open ones are drawn, by the speed of the running one; undefined before it is known. */
export function secondsLeftIn(
  { byId, openIds }: QueueState,
  progress: Readonly<Record<string, Progress>>,
): number | undefined {
  const open = openIds.flatMap((id) => byId[id] ?? []);
  const running = open.find(({ state }) => state === "running");
  const now = running && progress[running.id];
  if (running === undefined || now?.secondsPerStep === undefined) return undefined;
  const perPixel = now.secondsPerStep / pixelsOf(running);
  const waiting = open
    .filter(({ state }) => state === "waiting")
    .map((generation) => generation.order.steps * perPixel * pixelsOf(generation));
  const left = now.secondsLeft ?? (now.steps - now.step) * now.secondsPerStep;
  return waiting.reduce((sum, seconds) => sum + seconds, left);
}

function pixelsOf({ order }: Generation): number {
  return order.width * order.height;
}
