import { create } from "zustand";
import type { ServedRequest } from "../../engine/contract/server.ts";
import type { Studio } from "../connection/studio.tsx";

/**
 * The inference server's recent requests, newest first. Separate from the server's state, because they change often.
 */
export interface ServedRequestsState {
  /** Whether they have been requested from the studio; if not, no page shows them. */
  readonly isLoaded: boolean;
  readonly all: readonly ServedRequest[];
}

/** Enough for the table; the studio keeps a few hundred. */
const MAX_ROWS = 500;

/** A row only advances: an event may be older than what was read. */
const PLACE = { waiting: 0, running: 1, answered: 2, gone: 2 } as const;

export const useServedRequests = create<ServedRequestsState>()(() => ({
  isLoaded: false,
  all: [],
}));

/** Reads the studio's rows; rows that came by events in the meantime stay. */
export async function loadServedRequests({ client }: Studio): Promise<void> {
  mergeServedRequests(await client.server.requests());
  useServedRequests.setState({ isLoaded: true });
}

export function mergeServedRequests(changed: readonly ServedRequest[]): void {
  useServedRequests.setState(({ all }) => {
    const known = new Map(all.map((row) => [row.id, row]));
    for (const row of changed) {
      const before = known.get(row.id);
      if (before === undefined || PLACE[row.state] >= PLACE[before.state]) known.set(row.id, row);
    }
    const rows = [...known.values()].toSorted((a, b) => b.at.localeCompare(a.at));
    return { all: rows.slice(0, MAX_ROWS) };
  });
}

/** Replaces all rows: after a restart they are different ones. */
export async function renewServedRequests({ client }: Studio): Promise<void> {
  if (!useServedRequests.getState().isLoaded) return;
  const all = await client.server.requests();
  useServedRequests.setState({ all: all.slice(0, MAX_ROWS) });
}

export function forgetServedRequests(): void {
  useServedRequests.setState({ all: [] });
}

/** Whether the client did not get what it requested. */
export function isFailed({ state, status }: ServedRequest): boolean {
  return state === "gone" || (status !== undefined && status >= 400);
}
