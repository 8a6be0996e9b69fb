import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { openRoutes } from "../../fakes/open-routes.ts";

const BODY = JSON.stringify({
  inputs: [{ name: "prompt", shape: [1], datatype: "BYTES", data: ["a red fish"] }],
});
const HEALTH = "GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n";
const INFER = `POST /v2/models/starter/infer HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

/** A connection from an address of this machine, which has written this text. */
async function socketFrom(port: number, localAddress: string, text = ""): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  if (text !== "") socket.write(text);
  return socket;
}

async function replyTo(socket: Socket): Promise<string> {
  const [data] = (await Promise.race([once(socket, "data"), once(socket, "close")])) as [unknown];
  return data instanceof Buffer ? data.toString("latin1").slice(0, 12) : "closed";
}

const HALF = "GET / HTTP/1.1\r\nX: ";
const HALF_BODY = INFER.slice(0, -1);
const isClosed = (socket: Socket): boolean => socket.closed;

test.each([
  ["head", HALF],
  ["body", HALF_BODY],
])(
  "an address with all of its connections gets a new one for its oldest with half a %s",
  async (_, half) => {
    const { port } = await openRoutes({ sockets: { most: 100, mostOfAddress: 10 } });
    const slow: Socket[] = [];
    for (let i = 0; i < 10; i++) slow.push(await socketFrom(port, "127.0.0.1", half));
    for (let i = 0; i < 3; i++) {
      expect(await replyTo(await socketFrom(port, "127.0.0.1", HEALTH))).toBe("HTTP/1.1 200");
    }
    await expect.poll(() => slow.filter(isClosed).length).toBe(3);
    expect(slow.slice(0, 3).every(isClosed)).toBe(true);
  },
);

test("a body that comes late, after other requests, is answered on the same connection", async () => {
  const { port } = await openRoutes({ sockets: { most: 100, mostOfAddress: 3 } });
  const late = await socketFrom(port, "127.0.0.1", HALF_BODY);
  for (let i = 0; i < 2; i++) {
    expect(await replyTo(await socketFrom(port, "127.0.0.1", HEALTH))).toBe("HTTP/1.1 200");
  }
  late.write(INFER.slice(-1));
  expect(await replyTo(late)).toBe("HTTP/1.1 200");
});

test("one address cannot block another, and no connection is closed for it", async () => {
  const { port } = await openRoutes({ sockets: { most: 100, mostOfAddress: 10 } });
  const [other] = [await socketFrom(port, "127.0.0.3", HALF)];
  for (let i = 0; i < 30; i++) await socketFrom(port, "127.0.0.1", HALF);
  expect(await replyTo(await socketFrom(port, "127.0.0.2", HEALTH))).toBe("HTTP/1.1 200");
  expect(other.closed).toBe(false);
});

test("if all are in use, the oldest without a request is closed, whoever opened it", async () => {
  const { port } = await openRoutes({ sockets: { most: 20, mostOfAddress: 10 } });
  const slow: Socket[] = [];
  for (let i = 0; i < 20; i++) slow.push(await socketFrom(port, `127.0.0.${10 + (i % 4)}`, HALF));
  expect(await replyTo(await socketFrom(port, "127.0.0.2", HEALTH))).toBe("HTTP/1.1 200");
  await expect.poll(() => slow.findIndex(isClosed)).toBe(0);
  expect(slow.filter(isClosed).length).toBe(1);
});

test("a connection that waits for a picture is never closed; then a new one is", async () => {
  const engine = new ConstantEngine({ stepMs: 200 });
  const { port } = await openRoutes({ engine, sockets: { most: 100, mostOfAddress: 5 } });
  const waiting: Socket[] = [];
  for (let i = 0; i < 5; i++) waiting.push(await socketFrom(port, "127.0.0.1", INFER));
  await expect.poll(() => engine.jobs.length).toBe(5);
  const late = await socketFrom(port, "127.0.0.1", HEALTH);
  expect(await replyTo(late)).toBe("closed");
  expect(await Promise.all(waiting.map(replyTo))).toEqual(Array(5).fill("HTTP/1.1 200"));
});
