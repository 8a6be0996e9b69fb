import type { Generation } from "../../engine/contract/generation.ts";
import { type Order, workRatio } from "../../engine/contract/order.ts";
import type { Progress } from "../../engine/contract/progress.ts";
import type { QueueState } from "./queue.ts";

/** Progress in the queue: the running generation's position among those queued together. */
export interface QueuePosition {
  readonly position: number;
  readonly total: number;
}

/** Counts what has ended since the oldest open generation was requested; undefined if nothing is open. */
export function positionIn({ byId, openIds }: QueueState): QueuePosition | undefined {
  const open = openIds.flatMap((id) => byId[id] ?? []);
  if (open.length === 0) return undefined;
  const since = open.map(({ createdAt }) => createdAt).toSorted()[0] ?? "";
  const ended = Object.values(byId).filter(
    ({ endedAt }) => endedAt !== undefined && endedAt >= since,
  );
  return { position: ended.length + 1, total: ended.length + open.length };
}

type Running = Readonly<Record<string, Progress>>;

/**
 * Seconds until all open generations are drawn, at the present speed; undefined until it is known for each target. This
 * device and the endpoints draw in parallel, so the slowest of them counts.
 */
export function secondsLeftIn({ byId, openIds }: QueueState, all: Running): number | undefined {
  const open = openIds.flatMap((id) => byId[id] ?? []);
  const lanes = Object.values(Object.groupBy(open, ({ target }) => target));
  const left = lanes.map((lane = []) => secondsLeftOf(lane, all));
  const known = left.filter((seconds) => seconds !== undefined);
  return known.length === 0 || known.length < left.length ? undefined : Math.max(...known);
}

/** Seconds until one target has drawn all its open generations: 0 if there are none, undefined if unknown. */
export function secondsLeftAt(
  target: string,
  { byId, openIds }: QueueState,
  all: Running,
): number | undefined {
  const open = openIds.flatMap((id) => byId[id] ?? []).filter((one) => one.target === target);
  return open.length === 0 ? 0 : secondsLeftOf(open, all);
}

/** The same for generations of one target, drawn one after another. */
function secondsLeftOf(open: readonly Generation[], all: Running): number | undefined {
  const running = open.find(({ state }) => state === "running");
  const now = running && all[running.id];
  if (running === undefined || now === undefined) return undefined;
  const waiting = open.filter(({ state }) => state === "waiting");
  const { expectedSeconds, elapsedSeconds = 0, secondsPerStep } = now;
  if (expectedSeconds !== undefined)
    return waiting
      .map(({ order }) => expectedSeconds * workRatio(order, running.order))
      .reduce((sum, seconds) => sum + seconds, Math.max(0, expectedSeconds - elapsedSeconds));
  if (secondsPerStep === undefined) return undefined;
  const perPixel = secondsPerStep / pixelsOf(running.order);
  const left = now.secondsLeft ?? (now.steps - now.step) * secondsPerStep;
  return waiting
    .map(({ order }) => (order.steps ?? now.steps) * perPixel * pixelsOf(order))
    .reduce((sum, seconds) => sum + seconds, left);
}

function pixelsOf({ width, height }: Pick<Order, "width" | "height">): number {
  return width * height;
}
