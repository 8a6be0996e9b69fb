import { once } from "node:events";
import {
  createServer as createPlainServer,
  type IncomingHttpHeaders,
  type Server,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { KeyPair } from "./certificates.ts";

export interface ConnectProxyOptions {
  /** Ports on this machine that stand in for hosts, by `HOST:PORT` as clients request them. */
  readonly hosts?: Readonly<Record<string, number>>;
  /** The required name and password, joined by a colon. */
  readonly signIn?: string;
  /** The challenge that it sends if the sign-in is wrong. */
  readonly challenge?: string;
  /** What it answers instead of a tunnel: a status, or bytes that are not HTTP; "silence" never answers. */
  readonly refusal?: number | string;
  /** Its own certificate, if it is reached over TLS. */
  readonly tls?: KeyPair;
}

export interface ConnectProxy {
  readonly url: string;
  readonly port: number;
  /** The requests it received: the target of a CONNECT, or the address of a request to forward. */
  readonly asked: readonly { readonly place: string; readonly headers: IncomingHttpHeaders }[];
  /** Tunnels that are open at present. */
  readonly tunnels: ReadonlySet<Socket>;
  /** All bytes that passed through in either direction, as the proxy could read them. */
  seen(): string;
}

/** A forward proxy that opens tunnels (CONNECT), as companies have them; on real sockets of this machine. */
export async function connectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const asked: { place: string; headers: IncomingHttpHeaders }[] = [];
  const [sockets, tunnels] = [new Set<Socket>(), new Set<Socket>()];
  const bytes: Buffer[] = [];
  const keep = (chunk: Buffer): void => void bytes.push(chunk);
  const server: Server =
    options.tls === undefined ? createPlainServer() : createTlsServer(options.tls);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("request", (request, response) => {
    asked.push({ place: request.url ?? "", headers: request.headers });
    response.writeHead(501).end();
  });
  server.on("connect", (request, client: Socket, head: Buffer) => {
    client.on("error", () => {});
    const place = request.url ?? "";
    asked.push({ place, headers: request.headers });
    keep(Buffer.from(JSON.stringify(request.headers)));
    const refusal = refusalOf(options, request.headers, place);
    if (refusal !== undefined) {
      if (refusal !== "silence") client.end(refusal);
      return;
    }
    const host = connect(options.hosts?.[place] ?? 0, "127.0.0.1");
    host.on("error", () => client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    host.on("connect", () => {
      tunnels.add(client);
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      host.write(head);
      client.on("data", keep).pipe(host);
      host.on("data", keep).pipe(client);
    });
    client.on("close", () => {
      tunnels.delete(client);
      host.destroy();
    });
    host.on("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const { port } = address;
  return {
    url: `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    port,
    asked,
    tunnels,
    seen: () => Buffer.concat(bytes).toString("latin1"),
  };
}

function refusalOf(
  { signIn, challenge = 'Basic realm="proxy"', refusal, hosts = {} }: ConnectProxyOptions,
  headers: IncomingHttpHeaders,
  place: string,
): string | undefined {
  if (typeof refusal === "string") return refusal;
  if (refusal !== undefined) return `HTTP/1.1 ${refusal} No\r\nContent-Length: 0\r\n\r\n`;
  const wanted = signIn === undefined ? undefined : Buffer.from(signIn).toString("base64");
  if (wanted !== undefined && headers["proxy-authorization"] !== `Basic ${wanted}`) {
    return `HTTP/1.1 407 Sign in\r\nProxy-Authenticate: ${challenge}\r\nContent-Length: 0\r\n\r\n`;
  }
  return hosts[place] === undefined ? "HTTP/1.1 403 Forbidden\r\n\r\n" : undefined;
}
