import type { HubAccess } from "../../engine/hub/hub-access.ts";

/** Access to a hub of a test, with no patience to speak of. */
export function impatient(endpoint: string, changes: Partial<HubAccess> = {}): HubAccess {
  return { endpoint, fetch, stallMs: 5_000, pausesMs: [0, 0, 0], ...changes };
}
