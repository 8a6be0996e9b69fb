import { create } from "zustand";
import { persist } from "zustand/middleware";

/** Maximum number of commands remembered. */
const KEPT = 20;

/** Ids of the recently chosen commands, newest first; stored in this browser. */
export const useRecentCommands = create<{ readonly ids: readonly string[] }>()(
  persist((): { readonly ids: readonly string[] } => ({ ids: [] }), {
    name: "darkroom.commands",
    version: 1,
  }),
);

export function rememberCommand(id: string): void {
  useRecentCommands.setState(({ ids }) => ({
    ids: [id, ...ids.filter((other) => other !== id)].slice(0, KEPT),
  }));
}

export function forgetCommands(): void {
  useRecentCommands.setState({ ids: [] });
}
