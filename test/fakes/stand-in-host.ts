import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";

/** A request to the host, in the order received. */
interface Asked {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

export interface StandInHost extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Breaks every open connection, whatever it is transferring. */
  cut(): void;
}

/** Answers one request; `count` is 1 for the first. */
export type Answer = (response: ServerResponse, request: IncomingMessage, count: number) => void;

/** A real HTTP server on this machine that replaces the publisher's. */
export async function standInHost(answer: Answer): Promise<StandInHost> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { range, "if-range": ifRange } = request.headers;
    asked.push({ path: request.url ?? "", range, ifRange: ifRange?.toString() });
    answer(response, request, asked.length);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the host has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    cut: () => server.closeAllConnections(),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export interface Serving {
  readonly etag?: string | undefined;
  /** Stops after this many bytes of the whole, and keeps the connection open. */
  readonly holdAt?: number | undefined;
  readonly ranges?: boolean;
}

/** Serves `bytes` like a good server: whole, or from where Range and If-Range say. */
export function serveBytes(bytes: Uint8Array, serving: Serving = {}): Answer {
  const { etag = '"one"', holdAt = bytes.byteLength, ranges = true } = serving;
  return (response, request) => {
    const wanted = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
    const same = request.headers["if-range"] === etag;
    const from = ranges && wanted !== undefined && same ? Number(wanted) : 0;
    if (from >= bytes.byteLength) {
      response.writeHead(416).end();
      return;
    }
    const last = bytes.byteLength - 1;
    response.writeHead(from > 0 ? 206 : 200, {
      etag,
      "content-length": bytes.byteLength - from,
      ...(from > 0 ? { "content-range": `bytes ${from}-${last}/${bytes.byteLength}` } : {}),
    });
    response.write(bytes.subarray(from, holdAt));
    if (holdAt >= bytes.byteLength) response.end();
  };
}
