import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { type GrpcAnswer, openGrpcStandIn } from "./grpc-stand-in.ts";

/** An HTTP/1.1 reply as bytes, with the right length unless the headers give another. */
export function rawReply(
  status: number,
  body: string | Uint8Array = "",
  headers: Readonly<Record<string, string>> = { "content-type": "application/json" },
): Buffer {
  const bytes = Buffer.from(body);
  const all = { "content-length": String(bytes.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status} Whatever\r\n${lines.join("")}\r\n`, "latin1"),
    bytes,
  ]);
}

/** What is done to a socket after a request has arrived. */
export type Script = (socket: Socket) => void;

/** Writes bytes and leaves the socket open: the bytes themselves have to say where they end. */
export function writes(bytes: string | Uint8Array): Script {
  return (socket) => void socket.write(bytes);
}

/** Writes bytes and closes the connection. */
export function ends(bytes: string | Uint8Array): Script {
  return (socket) => void socket.end(bytes);
}

/** A real server that runs a script for each request; `seen` contains all bytes received. */
export async function scriptedServer(script: Script): Promise<{ url: string; seen: () => string }> {
  const chunks: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      if (isWhole(Buffer.concat(chunks).toString("latin1"))) script(socket);
    });
    onTestFinished(() => void socket.destroy());
  });
  return {
    url: `http://127.0.0.1:${await listening(server)}`,
    seen: () => Buffer.concat(chunks).toString("latin1"),
  };
}

function isWhole(request: string): boolean {
  const [head = "", body] = request.split("\r\n\r\n");
  const length = /content-length: (\d+)/i.exec(head)?.[1] ?? "0";
  return body !== undefined && body.length >= Number(length);
}

/** A real HTTP/2 server without TLS, as used by gRPC, that answers each call with a script. */
export async function scriptedGrpcServer(script: GrpcAnswer): Promise<string> {
  const standIn = await openGrpcStandIn(script);
  onTestFinished(() => standIn[Symbol.asyncDispose]());
  return standIn.url;
}

async function listening(server: Server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
