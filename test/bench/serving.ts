/**
 * Measures the cost of a reply with one 768x768 picture: writing and reading it as JSON, and everything that the
 * inference server adds to drawing, with an engine whose picture is ready: `node test/bench/serving.ts [--python
 * FILE]`. Contestants take turns, so that ratios hold on a machine whose speed drifts.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Client } from "undici";
import { readPictures } from "../../engine/kserve/client/read-pictures.ts";
import { notebookReply } from "../../engine/kserve/server/picture-reply.ts";
import { LinePeer } from "./line-peer.ts";
import { interleaved, median } from "./measure.ts";
import { noisyPicture, toArrays } from "./noisy-picture.ts";

const SIDE = 768;
const ROUNDS = 15;
const REQUESTS = 200;

const { values } = parseArgs({ options: { python: { type: "string", default: "python3" } } });

interface Row {
  readonly what: string;
  readonly who: string;
  readonly ms: Readonly<Record<string, number>>;
  /** The time of the first contestant as a multiple of the second's. */
  readonly ratio: number;
}

async function codecs(): Promise<Row[]> {
  const picture = noisyPicture(SIDE);
  const arrays = toArrays(picture);
  const drawn = { width: SIDE, height: SIDE, pictures: [picture.data] };
  const body = new Uint8Array(Buffer.concat([...notebookReply(drawn).chunks]));
  const reply = { status: 200, headers: { "content-type": "application/json" }, body };
  const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-orjson-"));
  const raw = join(folder, "picture.raw");
  writeFileSync(raw, picture.data);
  const script = new URL("orjson_peer.py", import.meta.url).pathname;
  const peer = await LinePeer.start(values.python, [script, raw, String(SIDE)]);
  const writing = await interleaved(
    {
      "by table": async () => [...notebookReply(drawn).chunks],
      "JSON.stringify": async () => Buffer.from(JSON.stringify(arrays)),
      "arrays made, then JSON.stringify": async () =>
        Buffer.from(JSON.stringify(toArrays(picture))),
      ...(peer && {
        "numpy through orjson": () => peer.run("orjson"),
        "numpy tolist, then orjson": () => peer.run("tolist"),
      }),
    },
    ROUNDS,
  );
  const reading = await interleaved(
    {
      "by one pass": async () => readPictures(reply, {}),
      "JSON.parse and flat": async () => {
        const { outputs } = JSON.parse(new TextDecoder().decode(body));
        return Uint8Array.from(outputs[0].data.flat(2));
      },
    },
    ROUNDS,
  );
  peer?.close();
  rmSync(folder, { recursive: true });
  const size = `${(body.length / 1e6).toFixed(1)} MB`;
  return [...rowsOf(`write ${size} of JSON`, writing), ...rowsOf(`read ${size} of JSON`, reading)];
}

async function requests(): Promise<Row[]> {
  const script = new URL("constant-server.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(createInterface(child.stdout), "line");
  const { server, plain } = JSON.parse(String(line)) as { server: string; plain: string };
  const clients = { server: new Client(server), plain: new Client(plain) };
  const prompt = { name: "prompt", shape: [1], datatype: "BYTES", data: ["a cat"] };
  const infer =
    (parameters: object, headers = {}) =>
    async () => {
      const outputs = [{ name: "image", parameters }];
      await send(
        clients.server,
        "/v2/models/starter/infer",
        { inputs: [prompt], outputs },
        headers,
      );
    };
  const binary = await interleaved(
    {
      "bytes that are ready, over plain HTTP": () => send(clients.plain, "/binary", {}),
      binary: infer({ binary_data: true }),
      "PNG as base64": infer({ format: "png" }),
    },
    REQUESTS,
  );
  const json = await interleaved(
    {
      "bytes that are ready, over plain HTTP": () => send(clients.plain, "/json", {}),
      JSON: infer({}),
      "JSON.stringify, over plain HTTP": () => send(clients.plain, "/stringify", {}),
      "JSON, gzip": infer({}, { "accept-encoding": "gzip" }),
    },
    REQUESTS,
  );
  await Promise.all([clients.server.close(), clients.plain.close()]);
  child.stdin.end();
  return [...rowsOf("infer, pixels", binary), ...rowsOf("infer, JSON", json)];
}

async function send(client: Client, path: string, message: object, headers = {}): Promise<void> {
  const reply = await client.request({
    method: "POST",
    path,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(message),
  });
  let sizeBytes = 0;
  for await (const chunk of reply.body as AsyncIterable<Buffer>) sizeBytes += chunk.length;
  if (reply.statusCode !== 200 || sizeBytes < SIDE * SIDE) {
    throw new Error(`${path} answered ${reply.statusCode} with ${sizeBytes} bytes`);
  }
}

function rowsOf(what: string, seconds: Readonly<Record<string, readonly number[]>>): Row[] {
  const [first = []] = Object.values(seconds);
  return Object.entries(seconds).map(([who, runs]) => {
    const sorted = runs.toSorted((a, b) => a - b);
    const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
    const least = sorted[0] ?? 0;
    const ms = { p50: median(runs) * 1000, p99: p99 * 1000, least: least * 1000 };
    return { what, who, ms, ratio: median(runs) / median(first) };
  });
}

const loadBefore = loadavg()[0];
const rows = [...(await codecs()), ...(await requests())];
const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads`;
const result = { machine, node: process.version, load: [loadBefore, loadavg()[0]], rows };
writeFileSync(
  new URL("results/serving.json", import.meta.url),
  `${JSON.stringify(result, null, 2)}\n`,
);
console.log(
  `${machine}; load before and after: ${result.load.map((load) => load?.toFixed(1)).join(", ")}`,
);
console.log("| work | who | p50 ms | p99 ms | least ms | ratio |\n|---|---|---|---|---|---|");
for (const { what, who, ms, ratio } of rows) {
  const [p50, p99, least] = [ms["p50"], ms["p99"], ms["least"]].map((each) => each?.toFixed(1));
  console.log(`| ${what} | ${who} | ${p50} | ${p99} | ${least} | ${ratio.toFixed(2)} |`);
}
