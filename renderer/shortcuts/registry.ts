import type { LucideIcon } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";

/** Something that can be done here and now: the one source of keys, menus, palette and sheet. */
export interface Action {
  /** `area.verb`, unique while it is registered. */
  readonly id: string;
  /** Words on menus: a verb first. */
  readonly label: string;
  /** Heading in palette and sheet; entries of menus with one group stand together. */
  readonly group: string;
  readonly icon?: LucideIcon | undefined;
  /** Other words that people look for it by. */
  readonly keywords?: readonly string[] | undefined;
  /** As react-hotkeys-hook reads them: `mod+enter`, `shift+x`, `a`. */
  readonly keys?: string | undefined;
  /** Whether the keys also act while a text field has the focus. Default: only with Ctrl, Cmd or Alt. */
  readonly worksInFields?: boolean;
  /** Selector of what must hold the focus for the keys to act: for Enter and Space, which press buttons. */
  readonly within?: string;
  /** Whether a text field that has the focus keeps the keys to itself at this moment. */
  readonly isFieldsOwn?: () => boolean;
  readonly isDisabled?: boolean;
  readonly isDanger?: boolean;
  /** Left out of palette and sheet: what only makes sense on a menu. */
  readonly isHidden?: boolean;
  run(): void;
}

const registered = new Map<symbol, readonly Action[]>();
const listeners = new Set<() => void>();
let snapshot: readonly Action[] = [];

function publish(): void {
  const byId = new Map<string, Action>();
  for (const actions of registered.values())
    for (const action of actions) byId.set(action.id, action);
  snapshot = [...byId.values()];
  for (const listener of listeners) listener();
}

/**
 * Registers actions while the component is there. Where an id is registered twice the later one
 * counts. Memoize the list: a new one is a new registration.
 */
export function useActions(actions: readonly Action[]): void {
  useEffect(() => {
    const key = Symbol("actions");
    registered.set(key, actions);
    publish();
    return () => {
      registered.delete(key);
      publish();
    };
  }, [actions]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Everything that can be done now. */
export function useRegisteredActions(): readonly Action[] {
  return useSyncExternalStore(subscribe, () => snapshot);
}

/** Runs an action by its id, from wherever it was chosen; false where it is not there. */
export function runAction(id: string): boolean {
  const action = snapshot.find((candidate) => candidate.id === id);
  if (action === undefined || action.isDisabled === true) return false;
  action.run();
  return true;
}
