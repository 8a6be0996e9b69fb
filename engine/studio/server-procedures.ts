import { StudioError } from "../contract/errors.ts";
import { serverSettingsSchema, type Server } from "../contract/server.ts";
import { os } from "./implementer.ts";

/** The inference server of this machine. */
export function serverProcedures() {
  const settings = serverSettingsSchema.parse({});
  const server: Server = {
    settings,
    state: "stopped",
    modelNames: [],
    waiting: 0,
    isDrawing: false,
  };
  const absent = (): never => {
    throw new StudioError("NOT_FOUND", { what: "server", id: "local" });
  };
  return {
    get: os.server.get.handler(() => server),
    start: os.server.start.handler(absent),
    stop: os.server.stop.handler(() => server),
    change: os.server.change.handler(absent),
    keys: os.server.keys.handler(() => []),
    addKey: os.server.addKey.handler(absent),
    removeKey: os.server.removeKey.handler(absent),
    requests: os.server.requests.handler(() => []),
    exchange: os.server.exchange.handler(absent),
    clearRequests: os.server.clearRequests.handler(() => undefined),
  };
}
