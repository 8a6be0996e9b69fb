/**
 * The server that health.ts measures, `darkroom` or `bare`, in its own process. Prints its origin and, for each line
 * that it reads, the CPU seconds it has used; ends with its input.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fastify } from "fastify";
import { AdmissionQueue } from "../../engine/serving/admission-queue.ts";
import { InferenceServer } from "../../engine/serving/inference-server.ts";
import { ServingMetrics } from "../../engine/serving/metrics/serving-metrics.ts";
import { quietLog } from "../../engine/serving/quiet-log.ts";
import { RequestLog } from "../../engine/serving/request-log.ts";
import { installRoutes } from "../../engine/serving/routes/install-routes.ts";
import { ServerFile } from "../../engine/serving/server-file.ts";
import { WatchedEngine } from "../../engine/serving/watched-engine.ts";
import { ConstantEngine } from "../fakes/constant-engine.ts";

const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-health-"));

async function bare(): Promise<string> {
  const app = fastify();
  app.get("/v2/health/live", () => ({ live: true }));
  app.get("/v2/health/ready", async () => ({ ready: true }));
  return app.listen({ host: "127.0.0.1", port: 0 });
}

async function darkroom(): Promise<string> {
  const file = await ServerFile.open(folder);
  const metrics: ServingMetrics = new ServingMetrics({
    waiting: () => admission.waiting,
    isDrawing: () => admission.isDrawing,
    isReady: async () => true,
  });
  const engine = new WatchedEngine(new ConstantEngine(), undefined, metrics);
  const admission: AdmissionQueue = new AdmissionQueue({ engine, settings: () => file.settings() });
  const requests = new RequestLog(() => {});
  const log = quietLog(console.error);
  const parts = { file, engine, admission, requests, metrics, installRoutes, log };
  return (await InferenceServer.listen({ host: "127.0.0.1", port: 0, tries: 1 }, parts)).origin;
}

console.log(process.argv[2] === "bare" ? await bare() : await darkroom());
createInterface(process.stdin)
  .on("line", () => {
    const { user, system } = process.cpuUsage();
    console.log((user + system) / 1e6);
  })
  .once("close", () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit();
  });
