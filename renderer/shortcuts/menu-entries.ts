import type { MenuEntry } from "../ui/menu.tsx";
import type { Action } from "./registry.ts";

/** Converts actions to entries of a menu or of the palette. */
export function menuEntries(actions: readonly Action[]): readonly MenuEntry[] {
  return actions.map((action) => ({ ...action, run: () => action.run() }));
}
