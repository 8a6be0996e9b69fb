import { create } from "zustand";
import type { EndpointCheck } from "../../engine/contract/endpoints.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";

/** Endpoints that are being tested now, by id. */
export const useEndpointTests = create<{ readonly running: ReadonlySet<string> }>()(() => ({
  running: new Set(),
}));

/** Asks an endpoint how it is; what it says comes as an event too. */
export async function testEndpoint(client: StudioClient, id: string): Promise<EndpointCheck> {
  mark(id, true);
  try {
    return await client.endpoints.test({ id });
  } finally {
    mark(id, false);
  }
}

function mark(id: string, isRunning: boolean): void {
  useEndpointTests.setState(({ running }) => {
    const next = new Set(running);
    if (isRunning) next.add(id);
    else next.delete(id);
    return { running: next };
  });
}
