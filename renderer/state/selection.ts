import { useMemo, useSyncExternalStore } from "react";
import { create } from "zustand";
import { batchOf, type Generation } from "../../engine/contract/generation.ts";
import { useImages } from "./images.ts";
import { newestFirst, type QueueState, runningOf, useQueue } from "./queue.ts";

/** The generation shown on the Generate page; undefined follows the newest. */
export interface SelectionState {
  readonly generationId?: string;
  /** Whether it is shown alone, even if its press made several. */
  readonly isSingle?: boolean;
  /** The generations picked on the sheet of a press. */
  readonly picked?: readonly string[];
}

export const useSelection = create<SelectionState>()(() => ({}));

/** Shows one generation alone on the stage. */
export function selectGeneration(generationId: string): void {
  useSelection.setState({ generationId, isSingle: true, picked: [] });
}

/** Shows the newest generation from now on: its whole press, or it alone. */
export function followNewest(isSingle = false): void {
  useSelection.setState({ isSingle }, true);
}

/** Shows the whole press of a generation on the stage. */
export function showPress(generationId: string): void {
  useSelection.setState({ generationId, isSingle: false, picked: [] });
}

/** Picks generations on the sheet, the last of which is the selected one. They stay picked while other pages are shown. */
export function pick(picked: readonly string[]): void {
  const generationId = picked.at(-1);
  useSelection.setState({ picked, ...(generationId !== undefined && { generationId }) });
}

/** Picks one more generation on the sheet, or one less. */
export function togglePicked(id: string): void {
  const { picked = [] } = useSelection.getState();
  pick(picked.includes(id) ? picked.filter((other) => other !== id) : [...picked, id]);
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

function keyOf(generation: Generation, presses: Presses): string {
  return presses[generation.id] ?? batchOf(generation);
}

/** The open generations of one's press, in drawing order. */
export function openOfPress(
  { byId, openIds }: Pick<QueueState, "byId" | "openIds">,
  one: Generation | undefined,
  presses: Presses = usePresses.getState(),
): readonly string[] {
  if (one === undefined) return [];
  const key = keyOf(one, presses);
  return openIds.filter((id) => {
    const open = byId[id];
    return open !== undefined && keyOf(open, presses) === key;
  });
}

/** The open generations of the press that is being drawn or is next, in drawing order. */
export function useOpenPress(): readonly string[] {
  const presses = usePresses();
  const ids = useQueue((queue) => {
    const one = runningOf(queue) ?? queue.byId[queue.openIds[0] ?? ""];
    return openOfPress(queue, one, presses).join(" ");
  });
  return useMemo(() => ids.split(" ").filter(Boolean), [ids]);
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
 * The generation on the stage: the selected one; if it was trashed, its neighbour, preferably of the same press;
 * otherwise the running or next one; otherwise the newest.
 */
export function lookedAt(
  queue: QueueState,
  chosenId: string | undefined,
  isTrashed: IsTrashed = () => false,
): Generation | undefined {
  const all = newestFirst(queue);
  const at = all.findIndex(({ id }) => id === chosenId);
  const beside = [...all.slice(Math.max(at, 0)), ...all.slice(0, Math.max(at, 0)).toReversed()];
  const shown = beside.filter((generation) => !isTrashed(generation));
  const [nearest] = shown;
  const chosen = all[at];
  if (chosen !== undefined) {
    const press = new Set(pressOf(all, chosen));
    return shown.find((generation) => press.has(generation)) ?? nearest;
  }
  const next = queue.openIds[0];
  return (
    runningOf(queue) ??
    (next === undefined ? undefined : queue.byId[next]) ??
    queue.pressed[0] ??
    nearest
  );
}

/** What the Generate page shows of the session. Arrays are the same ones as long as their items are. */
export interface Session {
  /** The generations of the strip, newest first. */
  readonly ids: readonly string[];
  /** The generation on the stage; undefined if there is none. */
  readonly looked: Generation | undefined;
  /** All generations of its press, in drawing order. */
  readonly press: readonly Generation[];
  /** Whether all of its press are shown, and not only it. */
  readonly isSheet: boolean;
}

const SOURCES = [useQueue, useSelection, useImages, usePresses] as const;

/** Reads a part of the session; a component renders when this part changes. */
export function useSession<Part>(select: (session: Session) => Part): Part {
  return useSyncExternalStore(subscribe, () => select(sessionNow()));
}

function subscribe(onChange: () => void): () => void {
  const stops = SOURCES.map((store) => store.subscribe(onChange));
  return () => stops.forEach((stop) => stop());
}

/** What the session was last made from, and the session. */
let made: { readonly from: readonly unknown[]; readonly session: Session } | undefined;

/** The present session, made once per change. */
export function sessionNow(): Session {
  const from = SOURCES.map((store) => store.getState());
  if (made?.from.every((state, i) => state === from[i]) !== true)
    made = { from, session: makeSession(made?.session) };
  return made.session;
}

function makeSession(before: Session | undefined): Session {
  const queue = useQueue.getState();
  const images = useImages.getState();
  const { generationId: chosenId, isSingle = false } = useSelection.getState();
  const isTrashed: IsTrashed = ({ imageId = "" }) => images[imageId]?.isTrashed === true;
  const all = newestFirst(queue).filter((generation) => !isTrashed(generation));
  const ids = kept(
    all.map(({ id }) => id),
    before?.ids,
  );
  const looked = lookedAt(queue, chosenId, isTrashed);
  const press = kept(looked ? pressOf(all, looked) : [], before?.press);
  return { ids, looked, press, isSheet: press.length > 1 && !isSingle };
}

/** The array of before if its items are the same, so that what reads it need not render. */
function kept<Item>(now: readonly Item[], before: readonly Item[] = []): readonly Item[] {
  return now.length === before.length && now.every((item, i) => item === before[i]) ? before : now;
}
