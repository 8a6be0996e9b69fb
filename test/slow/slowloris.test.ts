import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { openServer } from "../fakes/open-server.ts";

const CLIENTS = 1000;

/** Slowly sent headers, and slowly sent bodies. */
function beginning(index: number, port: number, token: string): string {
  if (index % 2 === 0) return `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nX: `;
  return `POST /rpc/say HTTP/1.1\r\nHost: localhost:${port}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{`;
}

test(`${CLIENTS} clients that drip end one after the other while others are answered`, async () => {
  const { port, origin, token, studio } = await openServer();
  const before = process.memoryUsage().rss;
  const statuses: string[] = [];
  const ends = Array.from({ length: CLIENTS }, async (_, index) => {
    const socket = connect(port, "127.0.0.1");
    let reply = "";
    socket.on("data", (data: Buffer) => {
      reply += data.toString();
    });
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.write(beginning(index, port, token));
    const timer = setInterval(() => socket.write("a"), 300);
    await new Promise((resolve) => {
      socket.on("close", resolve);
    });
    clearInterval(timer);
    statuses.push(reply.split("\r\n", 1)[0] ?? "");
  });
  const answered: number[] = [];
  const asking = setInterval(() => {
    const asked = performance.now();
    void fetch(`${origin}/icon.svg`).then(() => answered.push(performance.now() - asked));
  }, 500);
  await Promise.all(ends);
  clearInterval(asking);
  expect(new Set(statuses)).toEqual(new Set(["HTTP/1.1 408 Request Timeout"]));
  expect(answered.length).toBeGreaterThan(5);
  // Others must not wait for the drips to end, which takes a minute; a busy machine may take seconds.
  expect(Math.max(...answered)).toBeLessThan(20_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(256 << 20);
  expect(studio.calls).toEqual([]);
});
