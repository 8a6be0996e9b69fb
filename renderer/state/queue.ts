import { create } from "zustand";
import type { Generation, GenerationState, Queue } from "../../engine/contract/generation.ts";

/** All generations that the studio reported, and the order of those that are open. */
export interface QueueState {
  /** False until the first snapshot has arrived. */
  readonly isLoaded: boolean;
  readonly isPaused: boolean;
  readonly byId: Readonly<Record<string, Generation>>;
  /** Waiting and running generations, the next one first. */
  readonly openIds: readonly string[];
  /** Placeholders for generations that were just requested and not reported by the studio yet. */
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

/** Whether it is waiting or running. */
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
 * Updates new and changed generations. New open ones are last until the studio reports the order; they replace their
 * placeholders.
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

/** Adds placeholders for a press, in the same frame; returns a function that removes the remaining ones. */
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
 * All generations, newest first, for the session strip. Those of one press are in drawing order, so the last is first.
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

/** A generation or a placeholder; undefined if it is not in the queue any more. */
export function generationOf({ byId, pressed }: QueueState, id: string): Generation | undefined {
  return byId[id] ?? pressed.find((place) => place.id === id);
}

/** The generation being drawn. */
export function runningOf({ byId, openIds }: QueueState): Generation | undefined {
  return openIds.map((id) => byId[id]).find((generation) => generation?.state === "running");
}
