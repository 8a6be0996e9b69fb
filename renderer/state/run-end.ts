import type { Generation } from "../../engine/contract/generation.ts";
import type { Settings } from "../../engine/contract/settings.ts";
import type { QueueState } from "./queue.ts";

/** What came of a run: everything that was drawn from the first picture until nothing more was to be drawn. */
export interface RunEnd {
  readonly done: number;
  readonly failed: number;
  /** From the start of its first picture to the end of its last. */
  readonly seconds: number;
  /** The last one that failed, or else the last that was drawn. */
  readonly last: Generation;
}

type WatchedQueue = Pick<QueueState, "byId" | "openIds" | "isPaused">;

/**
 * Watches the queue and tells of each run once, when it ends: not of each picture. A paused queue ends one, too. What a
 * person cancelled is no end to be told of.
 */
export function watchRuns(onEnd: (end: RunEnd) => void): (queue: WatchedQueue) => void {
  const seen = new Set<string>();
  return ({ byId, openIds, isPaused }) => {
    for (const id of openIds) seen.add(id);
    const isDrawing = openIds.some((id) => byId[id]?.state === "running");
    if (isDrawing || (openIds.length > 0 && !isPaused)) return;
    const ended = [...seen].filter((id) => !openIds.includes(id));
    for (const id of ended) seen.delete(id);
    const end = endOf(ended.flatMap((id) => byId[id] ?? []));
    if (end !== undefined) onEnd(end);
  };
}

function endOf(run: readonly Generation[]): RunEnd | undefined {
  const done = run.filter(({ state }) => state === "done");
  const failed = run.filter(({ state }) => state === "failed");
  const last = failed.at(-1) ?? done.at(-1);
  if (last === undefined) return undefined;
  const told = [...done, ...failed];
  const starts = told.map(({ startedAt, createdAt }) => Date.parse(startedAt ?? createdAt));
  const ends = told.map(({ endedAt, createdAt }) => Date.parse(endedAt ?? createdAt));
  const seconds = Math.max(0, (Math.max(...ends) - Math.min(...starts)) / 1000);
  return { done: done.length, failed: failed.length, seconds, last };
}

export type NoticeRules = Pick<Settings, "notify" | "notifyWhen" | "longRunSeconds">;

/** Whether a run's end is told of. Who is elsewhere hears of a failure however soon it came. */
export function isWorthTelling(end: RunEnd, rules: NoticeRules, isInFront: boolean): boolean {
  const { notify, notifyWhen, longRunSeconds } = rules;
  if (!notify || (isInFront && notifyWhen === "background")) return false;
  return end.seconds >= longRunSeconds || (end.failed > 0 && !isInFront);
}
