import { type IncomingMessage, request as requestPlain } from "node:http";
import { Agent, request as requestTls } from "node:https";
import type { Socket } from "node:net";
import { StudioError } from "../contract/errors.ts";
import { connectionReason } from "./connection-reason.ts";
import type { NamedProxy } from "./environment-proxy.ts";
import { secureContext } from "./trust.ts";

/** Where a tunnel leads. */
export interface TunnelEnd {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface Tunnelling {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A connection to a host by way of a proxy (CONNECT, RFC 9110 9.3.6), over which TLS is to be spoken: the proxy
 * learns host and port, and nothing that follows. Refuses as PROXY_FAILED or PROXY_INVALID, or with the signal's reason.
 */
export async function openTunnel(
  proxy: NamedProxy,
  end: TunnelEnd,
  { timeoutMs, signal }: Tunnelling,
): Promise<Socket> {
  signal?.throwIfAborted();
  const place = end.host.includes(":") ? `[${end.host}]:${end.port}` : `${end.host}:${end.port}`;
  const request = connectRequest(proxy, place);
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const fail = (reason: string, fix: string): void => reject(failed(proxy, place, reason, fix));
  const timer = setTimeout(() => {
    fail(`nothing came within ${Math.round(timeoutMs / 1000)} s`, unreachedFix(proxy, end.host));
  }, timeoutMs);
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  request.once("connect", (reply: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => {});
    if (reply.statusCode === undefined || reply.statusCode < 200 || reply.statusCode > 299) {
      socket.destroy();
      return reject(refusedBy(proxy, end, place, reply));
    }
    if (head.length > 0) socket.unshift(head);
    resolve(socket);
  });
  request.on("error", (error) => {
    const found = connectionReason(error);
    const isProxy = found?.kind !== "reply";
    if (isProxy) fail(found?.reason ?? "the connection broke", unreachedFix(proxy, end.host));
    else fail("what listens there is not an HTTP proxy", unreachedFix(proxy, end.host));
  });
  request.end();
  try {
    return await promise;
  } catch (error) {
    request.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

function connectRequest({ url, variable }: NamedProxy, path: string) {
  const { protocol, hostname, port, host } = url;
  if (protocol !== "http:" && protocol !== "https:") {
    const reason = "only http:// and https:// proxies are supported here";
    throw new StudioError("PROXY_INVALID", { variable, address: `${protocol}//${host}`, reason });
  }
  const signIn = proxySignIn(url);
  const options = {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
    method: "CONNECT",
    path,
    headers: {
      host: path,
      ...(signIn !== undefined && {
        "proxy-authorization": `Basic ${Buffer.from(signIn).toString("base64")}`,
      }),
    },
  };
  if (protocol === "http:") return requestPlain({ ...options, agent: false });
  // Said in full, so that no variable of the environment decides it.
  const trust = secureContext({ ca: null, isInsecure: false });
  const agent = new Agent({ secureContext: trust, rejectUnauthorized: true });
  return requestTls({ ...options, agent });
}

/** The name and the password of a proxy's address, as Basic (RFC 7617) joins them. */
export function proxySignIn({ username, password }: URL): string | undefined {
  if (username === "") return undefined;
  return `${decoded(username)}:${decoded(password)}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What a proxy's refusal means, and what helps. */
function refusedBy(
  proxy: NamedProxy,
  { host }: TunnelEnd,
  place: string,
  { statusCode: status = 0, headers }: IncomingMessage,
): StudioError {
  const told = (reason: string, fix: string): StudioError =>
    failed(proxy, place, `${reason} (status ${status})`, fix);
  if (status === 407) return signInRefused(proxy, headers["proxy-authenticate"] ?? "", told);
  if (status === 502 || status === 503 || status === 504) {
    return told(
      "it could not reach that host",
      `If the host is inside your own network, ${exempt(host)}; otherwise ask who runs the proxy`,
    );
  }
  if (status >= 400 && status < 500) {
    return told(
      "it does not allow connections to that host",
      `Ask who runs the proxy to allow CONNECT to ${place}; if the host is inside your own network, ${exempt(host)}`,
    );
  }
  return told("it did not make a tunnel", unreachedFix(proxy, host));
}

function signInRefused(
  { url, variable }: NamedProxy,
  challenge: string,
  told: (reason: string, fix: string) => StudioError,
): StudioError {
  if (challenge !== "" && !/\bbasic\b/i.test(challenge)) {
    return told(
      "it asks for a sign-in other than name and password",
      "Darkroom sends a name and a password only. Run a local proxy that signs in to this one, such as Px or Cntlm, or ask for an exemption",
    );
  }
  const example = `${url.protocol}//NAME:PASSWORD@${url.host}`;
  const fix = `Set ${variable}=${example} (special characters percent-encoded) and start Darkroom again`;
  if (url.username === "") return told("it asks for a name and a password", fix);
  return told(`it did not accept the name and password in ${variable}`, fix);
}

function unreachedFix({ variable }: NamedProxy, host: string): string {
  return `Check the host and port in ${variable}, and that the proxy runs; if ${host} needs no proxy, ${exempt(host)}`;
}

function exempt(host: string): string {
  return `add ${host} to NO_PROXY and start Darkroom again`;
}

function failed(
  { url, variable }: NamedProxy,
  host: string,
  reason: string,
  fix: string,
): StudioError {
  return new StudioError("PROXY_FAILED", { proxy: url.host, variable, host, reason, fix });
}
