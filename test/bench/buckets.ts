/**
 * Measures how fast files and models are uploaded to a bucket and downloaded again, compared with rclone; then how long
 * listing a bucket of 100,000 keys takes, and the longest time that it blocks the event loop: `node
 * test/bench/buckets.ts [--mib N] [--rounds N]`. The service that lists is a thread with every page prepared, so that
 * the time measured is ours.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { cpus, loadavg, tmpdir } from "node:os";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { Buckets } from "../../engine/buckets/buckets.ts";
import { openConnections } from "../fakes/open-connections.ts";
import { listQuerySchema, newConnectionSchema } from "../../engine/contract/buckets.ts";
import { listXml } from "../fakes/s3-replies.ts";
import { measureThroughput } from "./bucket-throughput.ts";

const KEYS = 100_000;
const PAGE = 1000;

async function serve(): Promise<void> {
  const pages = Array.from({ length: KEYS / PAGE }, (_, page) => {
    const keys = Array.from({ length: PAGE }, (_row, i) => {
      const number = String(page * PAGE + i).padStart(6, "0");
      return `models/run ${number.slice(0, 3)}/picture-${number}.png`;
    });
    const next = page + 1 === KEYS / PAGE ? undefined : String(page + 1);
    return `<?xml version="1.0" encoding="UTF-8"?>${listXml({ keys, next })}`;
  });
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "", "http://x");
    const page = pages[Number(searchParams.get("continuation-token") ?? 0)];
    response.writeHead(200, { "content-type": "application/xml" }).end(page);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion, unicorn/require-post-message-target-origin -- a server that listens on a port has one; a thread is no window.
  parentPort?.postMessage((server.address() as AddressInfo).port);
}

async function measureListing(): Promise<void> {
  const service = new Worker(new URL(import.meta.url));
  const [port] = (await once(service, "message")) as [number];
  const dataFolder = mkdtempSync(join(tmpdir(), "darkroom-bench-"));
  const connections = await openConnections(dataFolder);
  const buckets = new Buckets(connections);
  const endpoint = `http://127.0.0.1:${port}`;
  const keys = { accessKey: "access", secretKey: "secret" };
  const asked = newConnectionSchema.parse({ ...keys, endpoint, bucket: "toys" });
  const { id: connectionId } = await connections.connect(asked);
  const contestants = {
    "as the service lists it": { isRecursive: true },
    "searched for one key": { search: "PICTURE-099999" },
    "by size, to the first page": { isRecursive: true, sortBy: "bytes", isDescending: true },
  };
  const rows: object[] = [];
  for (const [what, query] of Object.entries(contestants)) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const began = performance.now();
    let after: string | undefined;
    let count = 0;
    do {
      const page = await buckets.list(listQuerySchema.parse({ connectionId, ...query, after }));
      count += page.objects.length;
      after = "sortBy" in query ? undefined : page.after;
    } while (after !== undefined);
    const ms = Math.round(performance.now() - began);
    delay.disable();
    rows.push({ what, count, ms, "longest hold, ms": Math.round(delay.max / 1e6) });
  }
  console.table(rows);
  process.stdout.write(`${Math.round(process.memoryUsage.rss() / 1e6)} MB\n`);
  await connections.close();
  await service.terminate();
  rmSync(dataFolder, { recursive: true, force: true });
}

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      mib: { type: "string", default: "1024" },
      rounds: { type: "string", default: "3" },
    },
  });
  process.stdout.write(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}\n`);
  await measureThroughput(Number(values.mib), Number(values.rounds));
  await measureListing();
} else await serve();
