import { once } from "node:events";
import { createServer } from "node:net";
import type { HubAccess } from "../../engine/hub/hub-access.ts";

/** Access to a test's hub, with very short pauses. */
export function impatient(endpoint: string, changes: Partial<HubAccess> = {}): HubAccess {
  return { endpoint, fetch, stallMs: 5_000, pausesMs: [0, 0, 0], ...changes };
}

/** An address on this machine where nothing listens. */
export async function nobodysAddress(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("there is no port");
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${address.port}`;
}
