/**
 * Measures how the inference server copes with load: the time of a health check while a host really draws the starter's
 * pictures; the same over a fake engine, with 2,000 open connections and 500 waiting requests of five keys, compared with
 * none of them; and how soon the device is free when 100 clients disconnect: `node test/bench/load.ts`.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { HostProcess } from "../e2e/host-process.ts";
import {
  BODY,
  floodByKeys,
  FloodedServer,
  healthDuring,
  idleConnections,
  INFER,
  percentile,
} from "../fakes/flooded-server.ts";

const STEP_MS = 10;
const CONNECTIONS = 2000;
const KEYS = ["dk_two", "dk_three", "dk_four", "dk_five"];
const REQUESTS = { dk_one: 480, ...Object.fromEntries(KEYS.map((key) => [key, 5])) };

/** Few enough for a minute on two cores, and enough probes for a p99. */
const PICTURES = 5;
const STEPS = 60;
const PROBE_MS = 20;

/** Health checks while a host draws the starter's pictures, one after another. */
async function drawing(): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-load-"));
  const host = new HostProcess(["--port", "0", "--endpoint-port", "0", "--data-dir", folder]);
  try {
    await host.start();
    const origin = host.endpoint ?? "";
    // The server probes devices first; the first picture also loads the model.
    while (!(await fetch(`${origin}/v2/health/ready`)).ok) await delay(200);
    await draw(origin, 1);
    const pictures = (async () => {
      for (let picture = 0; picture < PICTURES; picture++) await draw(origin, STEPS);
    })();
    const { tookMs } = await healthDuring({ origin }, pictures, PROBE_MS);
    return tookMs;
  } finally {
    await host.stop("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function draw(origin: string, steps: number): Promise<void> {
  const message = { ...JSON.parse(BODY), parameters: { num_inference_steps: steps } };
  const reply = await fetch(`${origin}${INFER}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(message),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(text);
}

/** Health checks while one client's pictures are drawn, one after another. */
async function alone(): Promise<number[]> {
  using server = await FloodedServer.start(1000, STEP_MS);
  const { tookMs } = await healthDuring(server, floodByKeys(server, { dk_one: 20 }));
  return tookMs;
}

async function flooded() {
  using server = await FloodedServer.start(1000, STEP_MS);
  using open = new DisposableStack();
  open.use(await idleConnections(server.port, CONNECTIONS));
  const before = await server.standing();
  const { result, tookMs } = await healthDuring(server, floodByKeys(server, REQUESTS));
  const after = await server.standing();
  const last = result.order.findLastIndex((key) => key !== "dk_one") - result.early;
  return { tookMs, last, moreBytes: after.liveBytes - before.liveBytes, outcomes: result.outcomes };
}

async function freeAfterMs(): Promise<number> {
  using server = await FloodedServer.start(1000, STEP_MS, 100_000);
  const agent = new Agent();
  const sent = Array.from({ length: 100 }, () => {
    const headers = { "content-type": "application/json", "content-length": BODY.length };
    const { port } = server;
    const asked = request({ port, host: "127.0.0.1", method: "POST", path: INFER, agent, headers });
    asked.on("error", () => {}).end(BODY);
    return asked;
  });
  while ((await server.standing()).waiting < 99) await delay(20);
  const begun = performance.now();
  for (const one of sent) one.destroy();
  for (;;) {
    const { waiting, isDrawing } = await server.standing();
    if (waiting === 0 && !isDrawing) return performance.now() - begun;
  }
}

const loadBefore = loadavg()[0];
const drawn = await drawing();
const calm = await alone();
const { tookMs, last, moreBytes, outcomes } = await flooded();
const freeMs = await freeAfterMs();
const health = (values: readonly number[]) => ({
  answers: values.length,
  p50Ms: percentile(values, 0.5),
  p99Ms: percentile(values, 0.99),
});
const result = {
  machine: `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads`,
  node: process.version,
  load: [loadBefore, loadavg()[0]],
  health: { drawing: health(drawn), alone: health(calm), flooded: health(tookMs) },
  outcomes,
  lastOfTheOthers: last,
  moreBytes,
  freeMs,
};
writeFileSync(
  new URL("results/load.json", import.meta.url),
  `${JSON.stringify(result, null, 2)}\n`,
);
console.log(JSON.stringify(result, null, 2));
