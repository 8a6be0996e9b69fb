import { AdmissionQueue } from "../serving/admission-queue.ts";
import { quietLog } from "../serving/quiet-log.ts";
import { RequestLog } from "../serving/request-log.ts";
import { installRoutes } from "../serving/routes/install-routes.ts";
import { whyNotReady } from "../serving/routes/served-model.ts";
import type { ServingMetrics } from "../serving/metrics/serving-metrics.ts";
import { residentBytes } from "../files/process-memory.ts";
import { ServerFile } from "../serving/server-file.ts";
import { WatchedEngine } from "../serving/watched-engine.ts";
import type { StudioOptions } from "./studio-options.ts";
import { StudioEngine } from "./studio-engine.ts";
import { LocalServer } from "./local-server.ts";
import type { DrawingParts } from "./open-drawing.ts";
import { os } from "./implementer.ts";
import type { Stores } from "./open-stores.ts";

/** Everything about this machine's inference server. */
export interface ServingParts {
  readonly server: LocalServer;
  readonly serverFile: ServerFile;
  readonly requests: RequestLog;
  readonly studioEngine: StudioEngine;
}

/** Connects the inference server to what draws for it; it does not listen yet. */
export async function openServing(
  { dataFolder, serving = { isOff: true }, lentKeys = [], logError, now, isPassive }: StudioOptions,
  { settings, events }: Stores,
  drawing: DrawingParts,
  undo: AsyncDisposableStack,
): Promise<ServingParts> {
  const serverFile = await ServerFile.open(dataFolder, { lent: lentKeys, ...(now && { now }) });
  undo.defer(() => serverFile.close());
  const onServed = (): void => server.tell();
  const studioEngine = new StudioEngine({
    ...drawing,
    settings,
    events,
    preset: () => server.preset,
    onServed,
  });
  const requests = new RequestLog(
    (rows) => events.publish({ type: "served-requests-changed", requests: rows }),
    lentKeys.map(({ secret }) => secret),
  );
  undo.defer(() => requests.close());
  const metrics =
    isPassive === true
      ? undefined
      : await openMetrics(() => ({ admission, engine, pid: drawing.drawing.inferencePid }));
  const engine: WatchedEngine = new WatchedEngine(studioEngine, undefined, metrics);
  drawing.drawing.watch((order, error) => void engine.learn(order.model, order, error));
  const admission: AdmissionQueue = new AdmissionQueue({
    engine,
    settings: () => serverFile.settings(),
    onEncoded: (seconds) => metrics?.stage(studioEngine.served ?? "", "encode", seconds),
    onChange: () => server.tell(),
  });
  undo.defer(() => admission.close());
  const log = quietLog(logError);
  const listening = {
    file: serverFile,
    engine,
    admission,
    requests,
    installRoutes,
    metrics,
    settings: () => server.settings,
    log,
  };
  const server: LocalServer = new LocalServer(
    {
      file: serverFile,
      admission,
      events,
      served: () => studioEngine.served,
      aliases: () => studioEngine.aliases,
      listening: isPassive === true ? undefined : listening,
    },
    serving,
  );
  undo.defer(() => server.close());
  return { server, serverFile, requests, studioEngine };
}

/** Loaded only if something may be counted, so that read-only commands start faster. */
async function openMetrics(
  parts: () => {
    readonly admission: AdmissionQueue;
    readonly engine: WatchedEngine;
    readonly pid: number | undefined;
  },
): Promise<ServingMetrics> {
  const { ServingMetrics } = await import("../serving/metrics/serving-metrics.ts");
  return new ServingMetrics({
    waiting: () => parts().admission.waiting,
    isDrawing: () => parts().admission.isDrawing,
    isReady: async () => whyNotReady(await parts().engine.models()) === undefined,
    inferenceBytes: async () => {
      const { pid } = parts();
      return pid === undefined ? undefined : residentBytes(pid);
    },
  });
}

type ServerParts = Pick<ServingParts, "server" | "serverFile" | "requests"> &
  Pick<Stores, "events">;

/** The inference server: its address, its keys, and its requests. */
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
