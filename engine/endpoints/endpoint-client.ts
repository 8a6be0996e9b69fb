import type { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { Agent, buildConnector, request, type Dispatcher } from "undici";
import { StudioError } from "../contract/errors.ts";
import type { EndpointReply } from "../kserve/client/endpoint-reply.ts";
import type { EncodedMessage } from "../kserve/wire/encoded-message.ts";
import { brokenReply, connectionRefusal, type Sent, unreachable } from "./connection-refusal.ts";
import type { ExtraHeader } from "./extra-headers.ts";
import { isPlain } from "./endpoint-address.ts";
import { readBody } from "./reply-body.ts";
import { proxyOf, tunnelTo, type Way } from "./way.ts";
import { secureContext, type Trust } from "../network/trust.ts";

/** Everything needed to reach one endpoint. */
export interface Connection extends Trust, Way {
  readonly token: string | undefined;
  readonly headers: readonly ExtraHeader[];
  /** Whether the token may be sent to another machine over http. */
  readonly isTokenOverHttp: boolean;
}

/** Time limits for the parts of a request. */
export interface Timing {
  readonly connectMs: number;
  /** Between two pieces of a body. */
  readonly idleMs: number;
  /** For the whole body of a reply to a message, if its time to the first byte may not be longer. */
  readonly bodyMs: number;
}

export const TIMING: Timing = { connectMs: 10_000, idleMs: 60_000, bodyMs: 600_000 };

/** A request: a path of the endpoint's origin, and optionally a message. */
export interface EndpointRequest {
  readonly path: string;
  readonly message?: EncodedMessage;
  /** Until the first byte of the reply, and from there to the last; for a message that may take `bodyMs`. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called when sending starts: from then on the server may be working on it. */
  readonly onSent?: (() => void) | undefined;
}

/** The headers of a reply have a few hundred bytes. */
const MAX_HEAD_BYTES = 64 << 10;

/**
 * An HTTP client for one endpoint, with a new connection for each request. It follows no redirects, and so sends token
 * and headers to the endpoint's own origin only.
 */
export class EndpointClient {
  readonly #connection: Connection;
  readonly #host: string;
  readonly #bodyMs: number;
  readonly #agent: Agent;
  readonly #closing = new AbortController();
  #certificate: X509Certificate | undefined;
  #onSent: (() => void) | undefined;
  /** How much of the latest request was sent: it is sent as soon as the connection is open. */
  #sent: Sent = "nothing";

  constructor(connection: Connection, { connectMs, idleMs, bodyMs }: Timing = TIMING) {
    this.#connection = connection;
    this.#bodyMs = bodyMs;
    this.#host = new URL(connection.origin).host;
    const isTls = connection.origin.startsWith("https:");
    this.#agent = new Agent({
      connect: this.#connector(
        isTls ? { secureContext: secureContext(connection) } : {},
        connectMs,
      ),
      // A reused connection may already be closed, and a request must not be sent twice.
      pipelining: 0,
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: idleMs,
      maxHeaderSize: MAX_HEAD_BYTES,
    });
  }

  /** The certificate of the latest request; undefined before the first, and over http. */
  get certificate(): X509Certificate | undefined {
    return this.#certificate;
  }

  /** Makes a single attempt. Rejects with the signal's reason, or refuses as one of the ENDPOINT codes. */
  async ask(asked: EndpointRequest): Promise<EndpointReply> {
    const headers = this.#headers(asked.message);
    asked.signal?.throwIfAborted();
    const late = new AbortController();
    const { timeoutMs, message } = asked;
    this.#onSent = asked.onSent;
    const bodyMs = message === undefined ? timeoutMs : Math.max(timeoutMs, this.#bodyMs);
    let timer = setTimeout(() => late.abort(nothingCame(timeoutMs)), timeoutMs);
    const signal = AbortSignal.any([late.signal, ...(asked.signal ? [asked.signal] : [])]);
    let hasBegun = false;
    this.#sent = "nothing";
    try {
      const reply = await this.#send(asked, headers, signal);
      hasBegun = true;
      clearTimeout(timer);
      // A server that sends a byte now and then would otherwise keep it waiting forever.
      timer = setTimeout(() => late.abort(notWhole(bodyMs)), bodyMs);
      return await read(reply);
    } catch (error) {
      asked.signal?.throwIfAborted();
      const reason = late.signal.aborted ? String(late.signal.reason) : undefined;
      if (hasBegun) {
        throw reason === undefined
          ? (brokenReply(error) ?? error)
          : new StudioError("ENDPOINT_REPLY_BROKEN", { reason });
      }
      throw reason === undefined
        ? (connectionRefusal(error, this.#host, this.#sent) ?? error)
        : unreachable(this.#host, reason, this.#sent);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Aborts what is still running. */
  close(): void {
    this.#closing.abort();
    void this.#agent.destroy().catch(() => {});
  }

  #send(
    { path, message }: EndpointRequest,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const body = message === undefined ? null : Buffer.concat([...message.chunks]);
    return request(`${this.#connection.origin}${path}`, {
      dispatcher: this.#agent,
      method: message === undefined ? "GET" : "POST",
      headers,
      body,
      signal,
    });
  }

  #headers(message: EncodedMessage | undefined): Record<string, string> {
    refuseTokenInTheClear(this.#connection);
    const { token, headers } = this.#connection;
    return {
      ...Object.fromEntries(headers.map(({ name, value }) => [name, value])),
      accept: "application/json, */*;q=0.5",
      "accept-encoding": "identity",
      ...message?.headers,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
  }

  /** Connects and remembers the certificate; the connection's only request is sent at once. */
  #connector(tls: object, timeout: number): buildConnector.connector {
    const { isInsecure } = this.#connection;
    const connect = buildConnector({
      ...tls,
      timeout,
      allowH2: false,
      maxCachedSessions: 0,
      // Explicit, so that no environment variable decides it.
      rejectUnauthorized: !isInsecure,
    });
    const told: buildConnector.connector = (options, callback) =>
      connect(options, (...result) => {
        const [, socket] = result;
        if (socket) {
          this.#sent = "request";
          this.#onSent?.();
        }
        if (socket instanceof TLSSocket) this.#certificate = socket.getPeerX509Certificate();
        callback(...result);
      });
    const connectBy = async (...[options, callback]: Parameters<typeof told>): Promise<void> => {
      let httpSocket: Socket | undefined;
      try {
        // Done for each connection, so that an invalid proxy is refused where a request waits for the reply.
        httpSocket = await this.#tunnel(timeout);
      } catch (error) {
        callback(error instanceof Error ? error : new Error(String(error)), null);
        return;
      }
      told({ ...options, ...(httpSocket && { httpSocket }) }, callback);
    };
    return (...given) => void connectBy(...given);
  }

  /** A tunnel through the proxy; undefined if there is none. */
  async #tunnel(timeoutMs: number): Promise<Socket | undefined> {
    const proxy = proxyOf(this.#connection);
    const { signal } = this.#closing;
    return proxy && tunnelTo(this.#connection.origin, proxy, { timeoutMs, signal });
  }
}

/** Refuses to send a token where others could read it. */
export function refuseTokenInTheClear({ token, origin, isTokenOverHttp }: Connection): void {
  if (token !== undefined && isPlain(origin) && !isTokenOverHttp) throw tokenOverHttp();
}

/** The refusal of a token that others could read. */
export function tokenOverHttp(): StudioError {
  const reason =
    "anyone on the network path could read it; use https, or allow it for this endpoint";
  return new StudioError("REQUEST_INVALID", {
    field: "The token",
    value: "sent over http",
    reason,
  });
}

async function read({
  statusCode,
  headers,
  body,
}: Dispatcher.ResponseData): Promise<EndpointReply> {
  const flat = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(", ") : value,
    ]),
  );
  return {
    status: statusCode,
    headers: { ...flat, "retry-after": inSeconds(flat["retry-after"]) },
    body: await readBody(body, flat["content-encoding"]),
  };
}

/** Retry-After in seconds; a date is converted here, since the reader of the reply has no clock. */
function inSeconds(wait: string | undefined): string | undefined {
  const at = wait === undefined || /^\d+$/.test(wait) ? NaN : Date.parse(wait);
  return Number.isNaN(at) ? wait : String(Math.max(0, Math.ceil((at - Date.now()) / 1000)));
}

function notWhole(bodyMs: number): string {
  return `it was not complete within ${Math.round(bodyMs / 1000)} s`;
}

function nothingCame(timeoutMs: number): string {
  return `nothing came within ${Math.round(timeoutMs / 1000)} s`;
}
