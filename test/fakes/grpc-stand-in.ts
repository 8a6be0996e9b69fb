import { once } from "node:events";
import { createServer, type Http2Session, type ServerHttp2Stream } from "node:http2";
import { GRPC_PATHS } from "../../engine/kserve/client/grpc-messages.ts";

/** Answers one call; `path` is its method. */
export type GrpcAnswer = (stream: ServerHttp2Stream, path: string) => void;

/** A real HTTP/2 server without TLS, as used by gRPC, that answers each call with a script. */
export async function openGrpcStandIn(
  answer: GrpcAnswer,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer();
  const sessions = new Set<Http2Session>();
  server.on("session", (session) => sessions.add(session));
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    stream.resume();
    stream.on("end", () => answer(stream, headers[":path"] ?? ""));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `grpc://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A message in gRPC's frame, with another length if one is given. */
export function grpcFrame(message: Uint8Array, length = message.length, flag = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

const HEAD = { ":status": 200, "content-type": "application/grpc+proto" } as const;

/** Ends a call with a gRPC code and message. */
export function grpcRefusal(code: number, message: string): GrpcAnswer {
  const trailers = { "grpc-status": String(code), "grpc-message": encodeURIComponent(message) };
  return (stream) => stream.respond({ ...HEAD, ...trailers }, { endStream: true });
}

/** A positive ServerReadyResponse or ModelReadyResponse. */
const READY = Uint8Array.of(0x08, 1);
const NOT_READY = Uint8Array.of();
/** Only a name: a ServerMetadataResponse or a ModelMetadataResponse. */
const NAMED = Uint8Array.of(0x0a, 1, 0x78);

/** A server that works, except for pictures and the methods given by path. */
export function grpcEdge(others: Readonly<Record<string, GrpcAnswer>> = {}): GrpcAnswer {
  return (stream, path) => {
    const other = others[path];
    if (other !== undefined) return other(stream, path);
    const isQuestion = path === GRPC_PATHS.ready || path === GRPC_PATHS.modelReady;
    replies(isQuestion ? READY : NAMED)(stream, path);
  };
}

/** The answers of a model that is being loaded. */
export const grpcNotReady: GrpcAnswer = (stream, path) => replies(NOT_READY)(stream, path);

function replies(message: Uint8Array): GrpcAnswer {
  return (stream) => {
    stream.respond(HEAD, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(grpcFrame(message));
  };
}
