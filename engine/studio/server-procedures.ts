import type { RequestLog } from "../serving/request-log.ts";
import type { ServerFile } from "../serving/server-file.ts";
import type { EventLog } from "./event-log.ts";
import { os } from "./implementer.ts";
import type { LocalServer } from "./local-server.ts";

export interface ServerParts {
  readonly server: LocalServer;
  readonly serverFile: ServerFile;
  readonly requests: RequestLog;
  readonly events: EventLog;
}

/** The inference server of this machine: its address, its keys, and what it was asked. */
export function serverProcedures({ server, serverFile, requests, events }: ServerParts) {
  const keysChanged = (): void => events.publish({ type: "server-keys-changed" });
  return {
    get: os.server.get.handler(() => server.get()),
    start: os.server.start.handler(() => server.start()),
    stop: os.server.stop.handler(() => server.stop()),
    change: os.server.change.handler(({ input }) => server.change(input)),
    keys: os.server.keys.handler(() => serverFile.keys()),
    addKey: os.server.addKey.handler(async ({ input }) => {
      const added = await serverFile.addKey(input);
      keysChanged();
      return added;
    }),
    removeKey: os.server.removeKey.handler(async ({ input }) => {
      await serverFile.removeKey(input.id);
      keysChanged();
    }),
    requests: os.server.requests.handler(() => requests.list()),
    exchange: os.server.exchange.handler(({ input }) => requests.exchange(input.id)),
    clearRequests: os.server.clearRequests.handler(() => {
      requests.clear();
      events.publish({ type: "served-requests-cleared" });
    }),
  };
}
