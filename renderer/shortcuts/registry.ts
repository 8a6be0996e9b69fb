import type { LucideIcon } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";

/** Something the user can do at present: the single source of keys, menus, palette and sheet. */
export interface Action {
  /** `area.verb`; unique among registered actions. */
  readonly id: string;
  /** Label in menus, starting with a verb. */
  readonly label: string;
  /** Heading in palette and sheet; menus keep the entries of one group together. */
  readonly group: string;
  readonly icon?: LucideIcon | undefined;
  /** Other words to find it by. */
  readonly keywords?: readonly string[] | undefined;
  /** In the notation of react-hotkeys-hook: `mod+enter`, `shift+x`, `a`. */
  readonly keys?: string | undefined;
  /** Whether the keys also act while a text field has the focus. Default: only with Ctrl, Cmd or Alt. */
  readonly worksInFields?: boolean;
  /**
   * Selector of the element that must contain the focus for the keys to work; used for Enter and Space, which also
   * press buttons.
   */
  readonly within?: string;
  /** Whether the keys work at this moment although a dialog or a menu is open; without it they never do. */
  readonly worksInDialogs?: () => boolean;
  /** Whether a focused text field handles the keys itself at this moment. */
  readonly isFieldsOwn?: () => boolean;
  readonly isDisabled?: boolean;
  /** Why it is disabled, unless that is obvious. */
  readonly reason?: string | undefined;
  readonly isDanger?: boolean;
  /** Left out of palette and sheet: it only makes sense in a menu. */
  readonly isHidden?: boolean;
  run(): void;
}

/** Disables an action for a reason, if there is one. */
export function disabledIf(
  reason: string | false | undefined,
): Pick<Action, "isDisabled" | "reason"> {
  return typeof reason === "string" ? { isDisabled: true, reason } : {};
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
 * Registers actions while the component is mounted. If an id is registered twice, the later one is used. Memoise the
 * list: a new list is a new registration.
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

/** All registered actions. */
export function useRegisteredActions(): readonly Action[] {
  return useSyncExternalStore(subscribe, () => snapshot);
}

/** Runs an action by its id; returns false if it is not registered. */
export function runAction(id: string): boolean {
  const action = snapshot.find((candidate) => candidate.id === id);
  if (action === undefined || action.isDisabled === true) return false;
  action.run();
  return true;
}
