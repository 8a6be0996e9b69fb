/**
 * Measures how many health checks a second the inference server answers, with its gate, limits and metrics, compared
 * with a bare fastify with the same replies: `node test/bench/health.ts [--rounds N] [--seconds N] [--connections N]`.
 * The two take turns, so that ratios hold on a machine whose speed drifts; CPU seconds are the server's own.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface, type Interface } from "node:readline";
import { parseArgs } from "node:util";
import { median } from "./measure.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    seconds: { type: "string", default: "2" },
    connections: { type: "string", default: "64" },
  },
});
const CONNECTIONS = Number(values.connections);
const PATHS = ["/v2/health/live", "/v2/health/ready"] as const;

/** A server in its own process. */
class Contestant {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly port: number;

  private constructor(child: ChildProcess, lines: Interface, port: number) {
    this.#child = child;
    this.#lines = lines;
    this.port = port;
  }

  static async start(kind: "bare" | "darkroom"): Promise<Contestant> {
    const script = new URL("health-server.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [script, kind], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface(child.stdout);
    const [origin] = await once(lines, "line");
    return new Contestant(child, lines, Number(new URL(String(origin)).port));
  }

  async cpuSeconds(): Promise<number> {
    const told = once(this.#lines, "line");
    this.#child.stdin?.write("\n");
    return Number((await told)[0]);
  }

  close(): void {
    this.#child.stdin?.end();
  }
}

interface Measured {
  readonly rate: number;
  /** Microseconds of the server's CPU time per request. */
  readonly cpu: number;
  readonly p99: number;
}

/** Keep-alive connections, each with one request in flight at a time. */
async function load(port: number, path: string, seconds: number): Promise<number[]> {
  const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
  const times: number[] = [];
  const endMs = performance.now() + seconds * 1000;
  const ask = (socket: Socket): Promise<void> =>
    new Promise((resolve, reject) => {
      let sentMs = performance.now();
      socket.on("error", reject);
      socket.on("data", (bytes) => {
        if (bytes.toString("latin1", 9, 12) !== "200") reject(new Error(bytes.toString()));
        times.push(performance.now() - sentMs);
        if (performance.now() >= endMs) {
          socket.destroy();
          resolve();
          return;
        }
        sentMs = performance.now();
        socket.write(request);
      });
      socket.write(request);
    });
  const sockets = Array.from({ length: CONNECTIONS }, () => connect(port, "127.0.0.1"));
  await Promise.all(sockets.map(ask));
  return times;
}

async function measured(contestant: Contestant, path: string, seconds: number): Promise<Measured> {
  const before = await contestant.cpuSeconds();
  const times = await load(contestant.port, path, seconds);
  const cpu = ((await contestant.cpuSeconds()) - before) / times.length;
  const sorted = times.toSorted((a, b) => a - b);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
  return { rate: times.length / seconds, cpu: cpu * 1e6, p99 };
}

const bare = await Contestant.start("bare");
const darkroom = await Contestant.start("darkroom");
console.log(
  "| probe | rate, darkroom of bare | CPU, darkroom of bare | rates a second | µs of CPU | p99 ms |",
);
console.log("|---|---|---|---|---|---|");
for (const path of PATHS) {
  for (const each of [bare, darkroom]) await load(each.port, path, 1);
  const pairs: { readonly bare: Measured; readonly darkroom: Measured }[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    pairs.push({
      bare: await measured(bare, path, Number(values.seconds)),
      darkroom: await measured(darkroom, path, Number(values.seconds)),
    });
  }
  const middle = (of: (one: Measured) => number): string =>
    [median(pairs.map((pair) => of(pair.darkroom))), median(pairs.map((pair) => of(pair.bare)))]
      .map((value) => value.toFixed(value < 100 ? 1 : 0))
      .join(" / ");
  const ratio = (of: (one: Measured) => number): string =>
    median(pairs.map((pair) => of(pair.darkroom) / of(pair.bare))).toFixed(2);
  const rates = middle(({ rate }) => rate);
  const row = [path, ratio(({ rate }) => rate), ratio(({ cpu }) => cpu), rates];
  console.log(`| ${[...row, middle(({ cpu }) => cpu), middle(({ p99 }) => p99)].join(" | ")} |`);
}
bare.close();
darkroom.close();
