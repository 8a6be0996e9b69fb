import { create } from "zustand";
import type { EndpointCheck } from "../../engine/contract/endpoints.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";

/** Ids of the endpoints being tested. */
export const useEndpointTests = create<{ readonly running: ReadonlySet<string> }>()(() => ({
  running: new Set(),
}));

/** Tests an endpoint; the result also arrives as an event. */
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
