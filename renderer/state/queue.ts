import { create } from "zustand";
import type { Generation, GenerationState, Queue } from "../../engine/contract/generation.ts";

/** Every generation the studio told of, and the order in which the open ones are drawn. */
export interface QueueState {
  /** False until the first snapshot is there. */
  readonly isLoaded: boolean;
  readonly isPaused: boolean;
  readonly byId: Readonly<Record<string, Generation>>;
  /** Waiting and running, the next one first. */
  readonly openIds: readonly string[];
  /** Pressed a moment ago, and not yet told of by the studio: places for what will come. */
  readonly pressed: readonly Generation[];
}

export const useQueue = create<QueueState>()(() => ({
  isLoaded: false,
  isPaused: false,
  byId: {},
  openIds: [],
  pressed: [],
}));

const OPEN: ReadonlySet<GenerationState> = new Set(["waiting", "running"]);

/** Whether it still waits or runs. */
export function isOpen(generation: Generation): boolean {
  return OPEN.has(generation.state);
}

export function replaceQueue({ isPaused, generations }: Queue): void {
  useQueue.setState({
    isLoaded: true,
    isPaused,
    byId: Object.fromEntries(generations.map((generation) => [generation.id, generation])),
    openIds: generations.filter(isOpen).map(({ id }) => id),
  });
}

/**
 * Rows that are new or have changed. New open ones stand last until the studio tells the order, and
 * take the places that were kept for them.
 */
export function mergeGenerations(changed: readonly Generation[]): void {
  useQueue.setState(({ byId, openIds, pressed }) => {
    const arrived = changed.filter(({ id }) => byId[id] === undefined).length;
    const all = { ...byId };
    for (const generation of changed) all[generation.id] = generation;
    const known = new Set(openIds);
    const added = changed.filter(({ id }) => !known.has(id)).map(({ id }) => id);
    const open = [...openIds, ...added].filter((id) => {
      const generation = all[id];
      return generation !== undefined && isOpen(generation);
    });
    return { byId: all, openIds: open, pressed: pressed.slice(arrived) };
  });
}

/** Keeps places for what was pressed, in the same frame; gives back how to give up what is left of them. */
export function keepPlaces(places: readonly Generation[]): () => void {
  const mine = new Set(places.map(({ id }) => id));
  useQueue.setState(({ pressed }) => ({ pressed: [...pressed, ...places] }));
  return () =>
    useQueue.setState(({ pressed }) => ({ pressed: pressed.filter(({ id }) => !mine.has(id)) }));
}

export function forgetGenerations(ids: readonly string[]): void {
  const gone = new Set(ids);
  useQueue.setState(({ byId, openIds }) => ({
    byId: Object.fromEntries(Object.entries(byId).filter(([id]) => !gone.has(id))),
    openIds: openIds.filter((id) => !gone.has(id)),
  }));
}

export function orderQueue(isPaused: boolean, openIds: readonly string[]): void {
  useQueue.setState({ isPaused, openIds });
}

/**
 * All generations, newest first: what the session strip shows. Those of one press stand in the order
 * they are drawn, the last one first.
 */
export function newestFirst({ byId, openIds, pressed }: QueueState): readonly Generation[] {
  const places = new Map(openIds.map((id, index) => [id, index]));
  const placeOf = ({ id }: Generation) => places.get(id) ?? -1;
  return [...Object.values(byId), ...pressed].toSorted(
    (a, b) =>
      b.createdAt.localeCompare(a.createdAt) ||
      placeOf(b) - placeOf(a) ||
      (b.endedAt ?? "").localeCompare(a.endedAt ?? ""),
  );
}

/** The one that is being drawn. */
export function runningOf({ byId, openIds }: QueueState): Generation | undefined {
  return openIds.map((id) => byId[id]).find((generation) => generation?.state === "running");
}
