import { useMemo } from "react";
import { create } from "zustand";
import type { Generation } from "../../engine/contract/generation.ts";
import { useImages } from "./images.ts";
import { newestFirst, type QueueState, runningOf, useQueue } from "./queue.ts";

/** The generation shown on the Generate page; undefined follows the newest. */
export interface SelectionState {
  readonly generationId?: string;
  /** Whether it is shown alone, even if its press made several. */
  readonly isSingle?: boolean;
}

export const useSelection = create<SelectionState>()(() => ({}));

/** Shows one generation alone on the stage. */
export function selectGeneration(generationId: string): void {
  useSelection.setState({ generationId, isSingle: true });
}

/** Shows the newest generation from now on: its whole press, or it alone. */
export function followNewest(isSingle = false): void {
  useSelection.setState({ isSingle }, true);
}

/** Shows the whole press of a generation on the stage. */
export function showPress(generationId: string): void {
  useSelection.setState({ generationId, isSingle: false });
}

type Presses = Readonly<Record<string, string>>;

/** The first generation of each generation's press: one press may make several requests. */
const usePresses = create<Presses>()(() => ({}));

/** Marks generations as requested by one press; some may be finished by then. */
export function markPress(ids: readonly string[]): void {
  const [first] = ids;
  if (first === undefined) return;
  usePresses.setState(Object.fromEntries(ids.map((id) => [id, first])));
}

/** A grid's pictures stay together even if some are drawn again. */
function keyOf({ id, createdAt, order }: Generation, presses: Presses): string {
  return order.grid?.id ?? presses[id] ?? createdAt;
}

/** The generations of one's press, in drawing order. */
export function pressOf(
  all: readonly Generation[],
  one: Generation,
  presses: Presses = usePresses.getState(),
): readonly Generation[] {
  const key = keyOf(one, presses);
  return all.filter((other) => keyOf(other, presses) === key).toReversed();
}

/** Whether a generation's picture is in the trash, and therefore not shown. */
type IsTrashed = (generation: Generation) => boolean;

/**
 * The generation on the stage: the selected one, or its successor in the strip if it was trashed; otherwise the running
 * or next one; otherwise the newest.
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

/** The content of the session strip, newest first, and which generation is on the stage. */
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

/** Ids of the known pictures in the trash. */
function useTrashed(): ReadonlySet<string> {
  const ids = useImages((images) =>
    Object.values(images)
      .filter(({ isTrashed }) => isTrashed)
      .map(({ id }) => id)
      .join(" "),
  );
  return useMemo(() => new Set(ids.split(" ")), [ids]);
}
