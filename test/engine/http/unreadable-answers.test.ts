import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { openConstantServer } from "../../fakes/open-inference-server.ts";
import { openRoutes } from "../../fakes/open-routes.ts";

const INFER = "/v2/models/stable-diffusion/infer";
const BODY = JSON.stringify({
  inputs: [{ name: "prompt", shape: [1], datatype: "BYTES", data: ["a red fish"] }],
});

class Client {
  readonly #socket: Socket;
  received = "";

  constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.on("data", (data: Buffer) => (this.received += data.toString("latin1")));
    this.#socket.on("error", () => {});
    onTestFinished(() => void this.#socket.destroy());
  }

  write(text: string): void {
    this.#socket.write(text);
  }

  /** Statuses of the replies, after the server has closed. */
  async statuses(): Promise<string[]> {
    if (!this.#socket.closed) await once(this.#socket, "close");
    return [...this.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = ""]) => status);
  }
}

const host = (port: number): string => `Host: localhost:${port}\r\n`;
const health = (port: number): string => `GET /v2/health/live HTTP/1.1\r\n${host(port)}\r\n`;

const UNREADABLE: readonly (readonly [string, string, (port: number) => string])[] = [
  ["garbage", "400", () => "\x16\x03\x01garbage\r\n\r\n"],
  [
    "a length beside chunks",
    "400",
    (port) =>
      `POST ${INFER} HTTP/1.1\r\n${host(port)}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    "an oversized head",
    "431",
    (port) => `GET / HTTP/1.1\r\n${host(port)}X: ${"a".repeat(40_000)}\r\n\r\n`,
  ],
];

const SENTENCES: Readonly<Record<string, string>> = {
  "400":
    "The request could not be read: it is not valid HTTP. Check the program that sent it, and proxies on the way.",
  "431": "The request's headers have more than 16384 bytes. Send fewer or shorter ones.",
};

test.each(UNREADABLE)(
  "%s gets %s on a reused connection as on a new one",
  async (_, status, bytes) => {
    const { port } = await openConstantServer();
    const fresh = new Client(port);
    fresh.write(bytes(port));
    expect(await fresh.statuses()).toEqual([status]);
    const reused = new Client(port);
    reused.write(health(port));
    await expect.poll(() => reused.received).toContain('{"live":true}');
    reused.write(bytes(port));
    expect(await reused.statuses()).toEqual(["200", status]);
    const sentence = SENTENCES[status] ?? "";
    expect(reused.received.endsWith(`\r\n\r\n${JSON.stringify({ error: sentence })}`)).toBe(true);
  },
);

test.each(UNREADABLE)(
  "%s after a request is answered after its reply",
  async (_, status, bytes) => {
    const { port } = await openConstantServer({}, new ConstantEngine({ stepMs: 100 }));
    const client = new Client(port);
    const head = `POST ${INFER} HTTP/1.1\r\n${host(port)}Content-Type: application/json\r\n`;
    client.write(`${head}Content-Length: ${BODY.length}\r\n\r\n${BODY}${bytes(port)}`);
    expect(await client.statuses()).toEqual(["200", status]);
  },
);

test("a client that expects 100 and sends nothing more gets 408 when the time is over", async () => {
  const { port } = await openRoutes({ requestTimeoutMs: 5000 });
  const clients = [new Client(port), new Client(port)];
  const head = `POST ${INFER} HTTP/1.1\r\n${host(port)}Content-Type: application/json\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n`;
  clients[1]!.write(health(port));
  for (const client of clients) client.write(head);
  await expect.poll(() => clients.every(({ received }) => received.includes(" 100 "))).toBe(true);
  expect(await clients[0]!.statuses()).toEqual(["100", "408"]);
  expect(await clients[1]!.statuses()).toEqual(["200", "100", "408"]);
}, 15_000);
