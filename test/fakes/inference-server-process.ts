/**
 * The inference server over an engine with a constant picture, in its own process, so that measurements exclude its
 * clients. Takes the queue's length and the milliseconds of a step; prints its port, and its resources whenever it is
 * asked.
 */
import type { Caller } from "../../engine/serving/caller.ts";
import { AdmissionQueue } from "../../engine/serving/admission-queue.ts";
import { InferenceServer } from "../../engine/serving/inference-server.ts";
import { quietLog } from "../../engine/serving/quiet-log.ts";
import { RequestLog } from "../../engine/serving/request-log.ts";
import { installRoutes } from "../../engine/serving/routes/install-routes.ts";
import { pixels } from "../../engine/image/pixels.ts";
import { serverSettingsSchema } from "../../engine/contract/server.ts";
import { ConstantEngine } from "./constant-engine.ts";

const [queueLength = 10, stepMs = 10, steps = 2] = process.argv.slice(2).map(Number);
const engine = new ConstantEngine({
  pixels: pixels(64, 64, new Uint8Array(64 * 64 * 3)),
  stepMs,
  steps,
});
const settings = serverSettingsSchema.parse({ queueLength });
/** A key of this form identifies its own caller. */
const callerOf = (secret: string): Caller | undefined =>
  secret.startsWith("dk_")
    ? {
        id: secret,
        keyName: secret,
        scopes: new Set(["inference"]),
        isSeedProfile: false,
        keepsPictures: false,
      }
    : undefined;
const file = { settings: () => settings, hasKeys: false, callerOf };
const admission = new AdmissionQueue({ engine, settings: file.settings });
const mistakes: string[] = [];
const requests = new RequestLog(() => {});
const log = quietLog((error) => mistakes.push(String(error)));
const server = await InferenceServer.listen(
  { host: "127.0.0.1", port: 0, tries: 1 },
  { file, engine, admission, requests, installRoutes, log },
);

process.on("message", () => {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send?.({
    rssBytes: rss,
    liveBytes: heapUsed + external,
    waiting: admission.waiting,
    isDrawing: admission.isDrawing,
    drawnPictures: engine.drawnPictures,
    states: requests.list().map(({ state }) => state),
    mistakes,
  });
});
process.send?.({ port: Number(new URL(server.origin).port) });
process.on("disconnect", () => process.exit());
