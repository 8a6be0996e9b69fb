import { useMemo } from "react";
import { create } from "zustand";
import type { Generation } from "../../engine/contract/generation.ts";
import { useImages } from "./images.ts";
import { newestFirst, type QueueState, runningOf, useQueue } from "./queue.ts";

/** Which generation the Generate page shows; undefined follows the newest. */
export interface SelectionState {
  readonly generationId?: string;
  /** Whether it alone is on the stage, also where its press made several. */
  readonly isSingle?: boolean;
}

export const useSelection = create<SelectionState>()(() => ({}));

/** Puts one on the stage, alone. */
export function selectGeneration(generationId: string): void {
  useSelection.setState({ generationId, isSingle: true });
}

/** Puts the newest on the stage from now on: all of its press, or it alone. */
export function followNewest(isSingle = false): void {
  useSelection.setState({ isSingle }, true);
}

/** Puts all of the press on the stage that made this one. */
export function showPress(generationId: string): void {
  useSelection.setState({ generationId, isSingle: false });
}

type Presses = Readonly<Record<string, string>>;

/** The first generation of the press that made each: one press may take several requests. */
const usePresses = create<Presses>()(() => ({}));

/** Tells that these were asked for by one press; some of them may have been drawn by then. */
export function markPress(ids: readonly string[]): void {
  const [first] = ids;
  if (first === undefined) return;
  usePresses.setState(Object.fromEntries(ids.map((id) => [id, first])));
}

/** Pictures of a grid stay together however often some of them are drawn. */
function keyOf({ id, createdAt, order }: Generation, presses: Presses): string {
  return order.grid?.id ?? presses[id] ?? createdAt;
}

/** Those that were asked for together with one, in the order they are drawn. */
export function pressOf(
  all: readonly Generation[],
  one: Generation,
  presses: Presses = usePresses.getState(),
): readonly Generation[] {
  const key = keyOf(one, presses);
  return all.filter((other) => keyOf(other, presses) === key).toReversed();
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
  const { generationId: chosenId, isSingle = false } = useSelection();
  const trashed = useTrashed();
  const presses = usePresses();
  return useMemo(() => {
    const isTrashed: IsTrashed = ({ imageId }) => imageId !== undefined && trashed.has(imageId);
    const all = newestFirst(queue).filter((generation) => !isTrashed(generation));
    const looked = lookedAt(queue, chosenId, isTrashed);
    return { all, looked, press: looked ? pressOf(all, looked, presses) : [], isSingle };
  }, [queue, chosenId, isSingle, trashed, presses]);
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
