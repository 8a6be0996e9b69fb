import { once } from "node:events";
import { request } from "node:http";
import { createServer } from "node:https";
import { onTestFinished } from "vitest";
import type { KeyPair } from "./certificates.ts";

/** Terminates TLS in front of a server without it, like a cluster's router; returns its address. */
export async function tlsTerminator(origin: string, pair: KeyPair): Promise<string> {
  const { hostname, port, host } = new URL(origin);
  const server = createServer(pair, (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const onwards = request({ hostname, port, method, path, headers: { ...headers, host } });
    onwards.on("response", (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    onwards.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onwards.destroy());
    incoming.pipe(onwards);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it has no port");
  return `https://127.0.0.1:${address.port}`;
}
