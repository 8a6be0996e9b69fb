import { onTestFinished } from "vitest";
import type { ServedRequest, ServerChange } from "../../engine/contract/server.ts";
import { AdmissionQueue } from "../../engine/serving/admission-queue.ts";
import { InferenceServer } from "../../engine/serving/inference-server.ts";
import { ServingMetrics } from "../../engine/serving/metrics/serving-metrics.ts";
import type { PictureEngine } from "../../engine/serving/picture-engine.ts";
import { quietLog } from "../../engine/serving/quiet-log.ts";
import { RequestLog } from "../../engine/serving/request-log.ts";
import { installRoutes } from "../../engine/serving/routes/install-routes.ts";
import { whyNotReady } from "../../engine/serving/routes/served-model.ts";
import { ServerFile } from "../../engine/serving/server-file.ts";
import { WatchedEngine } from "../../engine/serving/watched-engine.ts";
import { ConstantEngine } from "./constant-engine.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A complete inference server on a real port, over a fake engine. */
export interface OpenInferenceServer<E extends PictureEngine> {
  readonly origin: string;
  readonly port: number;
  readonly engine: E;
  readonly file: ServerFile;
  readonly admission: AdmissionQueue;
  readonly requests: RequestLog;
  readonly server: InferenceServer;
  /** Rows as they were reported, batch by batch. */
  readonly told: ServedRequest[][];
  readonly mistakes: unknown[];
}

export interface InferenceServerStart<E extends PictureEngine> {
  readonly engine: E;
  readonly settings?: ServerChange;
  readonly host?: string;
  readonly lent?: readonly { readonly name: string; readonly secret: string }[];
}

/** Listens until the current test has finished. */
export async function openInferenceServer<E extends PictureEngine>({
  engine,
  settings = {},
  host = "127.0.0.1",
  lent = [],
}: InferenceServerStart<E>): Promise<OpenInferenceServer<E>> {
  const file = await ServerFile.open(temporaryFolder(), { lent });
  await file.change(settings);
  const told: ServedRequest[][] = [];
  const mistakes: unknown[] = [];
  const requests = new RequestLog(
    (rows) => told.push(rows),
    lent.map(({ secret }) => secret),
  );
  const metrics: ServingMetrics = new ServingMetrics({
    waiting: () => admission.waiting,
    isDrawing: () => admission.isDrawing,
    isReady: async () => whyNotReady(await watched.models()) === undefined,
  });
  const watched: WatchedEngine = new WatchedEngine(engine, undefined, metrics);
  const admission: AdmissionQueue = new AdmissionQueue({
    engine: watched,
    settings: () => file.settings(),
    onEncoded: (seconds) => metrics.stage("starter", "encode", seconds),
  });
  const server = await InferenceServer.listen(
    { host, port: 0, tries: 1, tls: file.settings().tls },
    {
      file,
      engine: watched,
      admission,
      requests,
      installRoutes,
      metrics,
      log: quietLog((error) => mistakes.push(error)),
    },
  );
  onTestFinished(async () => {
    await server.close();
    await admission.close();
    requests.close();
  });
  const { origin } = server;
  const port = Number(new URL(origin).port);
  return { origin, port, engine, file, admission, requests, server, told, mistakes };
}

/** The same over an engine with a constant picture. */
export function openConstantServer(
  settings: ServerChange = {},
  engine = new ConstantEngine(),
): Promise<OpenInferenceServer<ConstantEngine>> {
  return openInferenceServer({ engine, settings });
}
