import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

export const INFER = "/v2/models/stable-diffusion/infer";
export const BODY = JSON.stringify({
  inputs: [{ name: "prompt", shape: [1], datatype: "BYTES", data: ["a red fish"] }],
});

/** A server's resources, after garbage collection. */
export interface Standing {
  readonly rssBytes: number;
  /** Bytes that garbage collection left. */
  readonly liveBytes: number;
  readonly waiting: number;
  readonly isDrawing: boolean;
  readonly drawnPictures: number;
  readonly states: readonly string[];
  readonly mistakes: readonly string[];
}

/** An inference server in its own process, over a fake engine. */
export class FloodedServer implements Disposable {
  readonly #child: ChildProcess;
  readonly port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(queueLength: number, stepMs: number, steps = 2): Promise<FloodedServer> {
    const args = [queueLength, stepMs, steps].map(String);
    const options = { execArgv: ["--expose-gc"] };
    const script = new URL("inference-server-process.ts", import.meta.url);
    const child = fork(script, args, options);
    const [{ port }] = (await once(child, "message")) as [{ port: number }];
    return new FloodedServer(child, port);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async standing(): Promise<Standing> {
    const answered = once(this.#child, "message");
    this.#child.send("standing");
    const [standing] = (await answered) as [Standing];
    return standing;
  }

  [Symbol.dispose](): void {
    this.#child.kill("SIGKILL");
  }
}

/** Repeats a request until it is answered; returns the status, and whether a refusal says when to retry. */
export function ask(port: number, agent: Agent, key?: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = {
    "content-type": "application/json",
    "content-length": BODY.length,
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
  };
  const sent = request({ port, host: "127.0.0.1", method: "POST", path: INFER, agent, headers });
  sent.on("response", (reply) => {
    const when = reply.headers["retry-after"] === undefined ? "" : " with Retry-After";
    reply.resume().on("end", () => resolve(`${reply.statusCode}${when}`));
  });
  sent.on("error", reject);
  sent.end(BODY);
  return promise;
}

/** Milliseconds that health checks took while `work` ran, with a pause between them; unanswered ones are not counted. */
export async function healthDuring<T>(
  { origin }: Pick<FloodedServer, "origin">,
  work: Promise<T>,
  pauseMs = 100,
): Promise<{ result: T; tookMs: number[] }> {
  const tookMs: number[] = [];
  const over = new AbortController();
  const probing = (async () => {
    while (!over.signal.aborted) {
      const asked = performance.now();
      const live = await fetch(`${origin}/v2/health/live`).then(
        async (reply) => (await reply.text()) !== "" && reply.ok,
        () => false,
      );
      if (live) tookMs.push(performance.now() - asked);
      await delay(pauseMs);
    }
  })();
  const result = await work;
  over.abort();
  await probing;
  return { result, tookMs };
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Infinity;
}

const REFRESH_MS = 50;

/** Connections that check health now and then, and stay open. */
export async function idleConnections(port: number, count: number): Promise<Disposable> {
  // The connection that was idle longest is used next.
  const agent = new Agent({ keepAlive: true, maxSockets: count, scheduling: "fifo" });
  const live = (): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const path = "/v2/health/live";
    const sent = request({ port, host: "127.0.0.1", path, agent });
    sent.on("response", (reply) => reply.resume().on("end", resolve));
    sent.on("error", reject).end();
    return promise;
  };
  await Promise.all(Array.from({ length: count }, live));
  // Idle connections are closed after five seconds, so each is used again within half of that, evenly spread.
  const share = Math.ceil((count * REFRESH_MS) / 2500);
  const timer = setInterval(() => {
    for (let i = 0; i < share; i++) void live().catch(() => {});
  }, REFRESH_MS);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      agent.destroy();
    },
  };
}

/** The result of a flood. */
export interface Flooded {
  readonly outcomes: Readonly<Record<string, number>>;
  /** The keys of the answered requests, in that order. */
  readonly order: readonly string[];
  /** Number of requests that were answered before all had arrived. */
  readonly early: number;
}

/** Sends several requests of several keys at once; `server` has room for all of them. */
export async function floodByKeys(
  server: FloodedServer,
  requestsOf: Readonly<Record<string, number>>,
): Promise<Flooded> {
  const agent = new Agent({ keepAlive: true });
  const outcomes: Record<string, number> = {};
  const order: string[] = [];
  const all = Object.entries(requestsOf).flatMap(([key, count]) =>
    Array.from({ length: count }, async () => {
      const outcome = await ask(server.port, agent, key);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      order.push(key);
    }),
  );
  let early = 0;
  for (;;) {
    const { waiting, isDrawing } = await server.standing();
    early = order.length;
    if (waiting + Number(isDrawing) + early >= all.length - 1) break;
    await delay(20);
  }
  await Promise.all(all);
  agent.destroy();
  return { outcomes, order, early };
}
