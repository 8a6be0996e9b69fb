import type { Generation } from "../../engine/contract/generation.ts";
import type { Settings } from "../../engine/contract/settings.ts";
import type { QueueState } from "./queue.ts";

/** The result of a run: everything drawn from the first picture until there was nothing left to draw. */
export interface RunEnd {
  readonly done: number;
  readonly failed: number;
  /** From the start of its first picture to the end of its last, seconds. */
  readonly seconds: number;
  /** The last one that failed, or otherwise the last one drawn. */
  readonly last: Generation;
}

type WatchedQueue = Pick<QueueState, "byId" | "openIds" | "isPaused">;

/**
 * Watches the queue and calls `onEnd` once a run, not for each picture. Pausing the queue also ends a run. A run that
 * the user cancelled is not reported.
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

/**
 * Whether the end of a run is announced. Failures are announced however short the run was, if the page is in the
 * background.
 */
export function isWorthTelling(end: RunEnd, rules: NoticeRules, isInFront: boolean): boolean {
  const { notify, notifyWhen, longRunSeconds } = rules;
  if (!notify || (isInFront && notifyWhen === "background")) return false;
  return end.seconds >= longRunSeconds || (end.failed > 0 && !isInFront);
}
