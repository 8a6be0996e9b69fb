import { once } from "node:events";
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { KeyPair } from "./certificates.ts";

/** A request as received. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** Answers one request; `count` is 1 for the first. */
export type Answer = (response: ServerResponse, request: SeenRequest, count: number) => void;

export interface StandInEndpoint {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly SeenRequest[];
  /** Sockets that are open at present. */
  readonly sockets: ReadonlySet<Socket>;
  /** All bytes received. */
  received(): string;
}

/** A stand-in that is closed when the current test has finished. */
export async function standInEndpoint(answer: Answer, tls?: KeyPair): Promise<StandInEndpoint> {
  const standIn = await openStandIn(answer, tls);
  onTestFinished(() => standIn[Symbol.asyncDispose]());
  return standIn;
}

/** A real server on this machine that replaces an endpoint's. */
export async function openStandIn(
  answer: Answer,
  tls?: KeyPair,
): Promise<StandInEndpoint & AsyncDisposable> {
  const seen: SeenRequest[] = [];
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const listener: RequestListener = (request, response) => {
    void take(request, response);
  };
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const { method = "", url: path = "", headers } = request;
    const one = { method, path, headers, body };
    seen.push(one);
    answer(response, one, seen.length);
  };
  const server = tls === undefined ? createPlainServer(listener) : createTlsServer(tls, listener);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the endpoint has no port");
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${address.port}`,
    port: address.port,
    seen,
    sockets,
    received: () => Buffer.concat(chunks).toString("latin1"),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** An answer that is always the same. */
export function always(
  status: number,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = { "content-type": "application/json" },
): Answer {
  return (response) => response.writeHead(status, headers).end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    // Its client has disconnected.
  }
  return Buffer.concat(chunks).toString();
}
