import { once } from "node:events";
import { Agent } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  ask,
  BODY,
  floodByKeys,
  FloodedServer,
  healthDuring,
  idleConnections,
  INFER,
  percentile,
  type Standing,
} from "../fakes/flooded-server.ts";

/** Starts a server until the current test has finished. */
async function start(...args: Parameters<typeof FloodedServer.start>): Promise<FloodedServer> {
  const server = await FloodedServer.start(...args);
  onTestFinished(() => server[Symbol.dispose]());
  return server;
}

async function flood(port: number, { sockets, each }: { sockets: number; each: number }) {
  const outcomes: Record<string, number> = {};
  const client = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < each; i++) {
      const outcome = await ask(port, agent);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: sockets }, client));
  return outcomes;
}

test("10,000 requests over 1,000 sockets are all answered, in bounded memory", async () => {
  const server = await start(10, 10);
  // Memory pages that V8 keeps after the first flood do not count as growth: the second must get by with them.
  await flood(server.port, { sockets: 1000, each: 10 });
  const before = await server.standing();
  const outcomes = await flood(server.port, { sockets: 1000, each: 10 });
  // The last sockets close after their last reply; on a busy machine, well after it.
  const settled = async (): Promise<Standing> => {
    const standing = await server.standing();
    expect(standing.liveBytes - before.liveBytes).toBeLessThan(16 << 20);
    return standing;
  };
  const standing = await vi.waitFor(settled, { timeout: 60_000, interval: 500 });
  const { rssBytes, liveBytes: _, states, ...after } = standing;
  const grownBytes = rssBytes - before.rssBytes;
  const { 200: drawn = 0, "503 with Retry-After": refused = 0, ...others } = outcomes;
  console.info(`10,000 requests: ${drawn} drawn, ${refused} refused, ${grownBytes >> 20} MB more`);
  expect(others).toEqual({});
  expect(drawn + refused).toBe(10_000);
  expect(drawn).toBeGreaterThan(10);
  expect(grownBytes).toBeLessThan(64 << 20);
  expect(after).toMatchObject({ waiting: 0, isDrawing: false, mistakes: [] });
  expect(states).toEqual(Array(300).fill("answered"));
  expect((await fetch(`${server.origin}/v2/health/ready`)).status).toBe(200);
});

test("control: a queue with space for everyone refuses nobody", async () => {
  const { port } = await start(1000, 1);
  expect(await flood(port, { sockets: 100, each: 1 })).toEqual({ 200: 100 });
});

test("2,000 connections and a flood of 500: memory stays bounded, and no key starves", async () => {
  const server = await start(1000, 10);
  using open = new DisposableStack();
  open.use(await idleConnections(server.port, 2000));
  const before = await server.standing();
  const others = ["dk_two", "dk_three", "dk_four", "dk_five"];
  const requestsOf = { dk_one: 480, ...Object.fromEntries(others.map((key) => [key, 5])) };
  const { result, tookMs } = await healthDuring(server, floodByKeys(server, requestsOf));
  const { outcomes, order, early } = result;
  expect(outcomes).toEqual({ 200: 500 });
  // A client with few requests has a turn for each of the flood's: twenty of theirs, with at most one in between.
  expect(order.findLastIndex((key) => key !== "dk_one")).toBeLessThan(early + 60);
  const { liveBytes, mistakes } = await server.standing();
  const grownBytes = liveBytes - before.liveBytes;
  console.info(
    `2,000 connections, 500 requests: ${grownBytes >> 20} MB more; ` +
      `health ${percentile(tookMs, 0.5).toFixed(0)} ms, p99 ${percentile(tookMs, 0.99).toFixed(0)} ms`,
  );
  expect([mistakes, tookMs.length > 0]).toEqual([[], true]);
  expect(grownBytes).toBeLessThan(32 << 20);
});

/** After these lines, clients send a header slowly, or a body. */
const HEADER = "X: ";
const LONG_BODY = `Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"`;

/** Clients that send a byte now and then; returns the status that each gets. */
async function dripping(port: number, count: number, begun = HEADER): Promise<readonly string[]> {
  const clients = Array.from({ length: count }, () => {
    const socket = connect(port, "127.0.0.1");
    const { promise, resolve } = Promise.withResolvers<string>();
    let reply = "";
    socket.on("data", (data: Buffer) => (reply += data.toString("latin1")));
    socket.on("error", () => {});
    socket.on("close", () => resolve(reply.split(" ")[1] ?? "closed"));
    socket.write(`POST ${INFER} HTTP/1.1\r\nHost: localhost:${port}\r\n${begun}`);
    return { socket, closed: promise };
  });
  const timer = setInterval(() => {
    for (const { socket } of clients) if (!socket.destroyed) socket.write("a");
  }, 300);
  const statuses = await Promise.all(clients.map(({ closed }) => closed));
  clearInterval(timer);
  return statuses;
}

test("1,000 sockets that send their headers slowly are cleared, and health is answered meanwhile", async () => {
  const server = await start(10, 10);
  const begun = performance.now();
  const { result, tookMs } = await healthDuring(server, dripping(server.port, 1000));
  const clearedMs = performance.now() - begun;
  const median = percentile(tookMs, 0.5);
  console.info(
    `1,000 dripping sockets: cleared in ${clearedMs.toFixed(0)} ms; ` +
      `health ${median.toFixed(0)} ms, at most ${Math.max(...tookMs).toFixed(0)} ms`,
  );
  expect(new Set(result)).toEqual(new Set(["408"]));
  expect(tookMs.length).toBeGreaterThan(0);
});

test("health answers while one address holds 4,000 slow sockets, to that address, too", async () => {
  const server = await start(10, 10);
  const { result, tookMs } = await healthDuring(server, dripping(server.port, 4000));
  // Those beyond an address's limit were closed for newer ones.
  expect([...new Set(result)].toSorted()).toEqual(["408", "closed"]);
  expect(tookMs.length).toBeGreaterThan(0);
});

test("health answers while one address holds 4,000 slow bodies, to that address, too", async () => {
  const server = await start(10, 10);
  const { result, tookMs } = await healthDuring(server, dripping(server.port, 4000, LONG_BODY));
  expect(result).toContain("closed");
  expect(result).not.toContain("200");
  expect(tookMs.length).toBeGreaterThan(0);
});

test("control: a client that is slow within the limits is answered", async () => {
  const { port } = await start(10, 1);
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (data: Buffer) => chunks.push(data));
  const closed = once(socket, "close");
  const head = `POST ${INFER} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n`;
  socket.write(`${head}Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`);
  for (let i = 0; i < BODY.length; i += 10) {
    socket.write(BODY.slice(i, i + 10));
    await delay(100);
  }
  await closed;
  expect(Buffer.concat(chunks).toString("latin1")).toMatch(/^HTTP\/1\.1 200/);
});

async function disconnecting(port: number, how: (socket: Socket) => void): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  const head = `POST ${INFER} HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json`;
  socket.write(`${head}\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`);
  await delay(30);
  how(socket);
}

const WAYS: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.destroy(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end(),
];

test("of 100 clients that disconnect none keeps its place, nor the device", async () => {
  const server = await start(1000, 100, 1000);
  await Promise.all(
    Array.from({ length: 100 }, (_, i) => disconnecting(server.port, WAYS[i % WAYS.length]!)),
  );
  const begun = performance.now();
  // A picture that continued would take 100 s.
  await expect
    .poll(() => server.standing(), { timeout: 60_000 })
    .toMatchObject({ waiting: 0, isDrawing: false, drawnPictures: 0 });
  console.info(`100 disconnects: free after ${(performance.now() - begun).toFixed(0)} ms`);
  expect((await server.standing()).states).toEqual(Array(100).fill("gone"));
});

test("control: a client that stays keeps it", async () => {
  const server = await start(10, 100, 1000);
  const gone = new AbortController();
  const asking = fetch(server.origin + INFER, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: BODY,
    signal: gone.signal,
  }).catch(() => "gone");
  await delay(2500);
  expect(await server.standing()).toMatchObject({ isDrawing: true, states: ["running"] });
  gone.abort();
  expect(await asking).toBe("gone");
});
