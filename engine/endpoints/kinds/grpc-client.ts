import {
  type ChannelCredentials,
  Client,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import type { EndpointReply } from "../../kserve/client/endpoint-reply.ts";
import { MAX_REPLY_BYTES } from "../../kserve/client/endpoint-reply.ts";
import { GRPC_TYPE } from "../../kserve/client/grpc-messages.ts";
import { secureContext } from "../../network/trust.ts";
import { connectionRefusal, unreachable } from "../connection-refusal.ts";
import { type Connection, type EndpointRequest, TIMING, type Timing } from "../endpoint-client.ts";
import { refuseTokenInTheClear } from "../endpoint-client.ts";

/**
 * Speaks gRPC with one endpoint over a channel of its own. A reply is told as one over REST is: its bytes, or
 * the status that goes with its code, so that refusals and tries are the same for both.
 */
export class GrpcClient {
  readonly #connection: Connection;
  readonly #client: Client;
  readonly #host: string;
  readonly #connectMs: number;

  constructor(connection: Connection, { connectMs }: Timing = TIMING) {
    this.#connection = connection;
    this.#connectMs = connectMs;
    const { host, protocol, hostname, port } = new URL(connection.origin);
    this.#host = host;
    const isTls = protocol === "https:";
    const at = `${hostname}:${port === "" ? (isTls ? 443 : 80) : port}`;
    this.#client = new Client(at, isTls ? tlsOf(connection) : credentials.createInsecure(), {
      "grpc.max_receive_message_length": MAX_REPLY_BYTES,
      "grpc.max_send_message_length": MAX_REPLY_BYTES,
      // A try is ours to make, and a proxy of the environment is no place for a token.
      "grpc.enable_retries": 0,
      "grpc.enable_http_proxy": 0,
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  /** One request, one attempt. Rejects with the signal's reason, or refuses as one of the ENDPOINT codes. */
  async ask({ path, message, timeoutMs, signal, onSent }: EndpointRequest): Promise<EndpointReply> {
    refuseTokenInTheClear(this.#connection);
    signal?.throwIfAborted();
    await this.#connected(signal);
    const body = Buffer.concat([...(message?.chunks ?? [])]);
    const { promise, resolve, reject } = Promise.withResolvers<EndpointReply>();
    onSent?.();
    const call = this.#client.makeUnaryRequest(
      path,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      body,
      this.#metadata(),
      { deadline: Date.now() + timeoutMs },
      (error, reply) => {
        if (error !== null) return settle(error, this.#host, { resolve, reject });
        const bytes = new Uint8Array(reply ?? []);
        resolve({ status: 200, headers: { "content-type": GRPC_TYPE }, body: bytes });
      },
    );
    const cancel = (): void => {
      call.cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  /** Breaks off what is still under way. */
  close(): void {
    this.#client.close();
  }

  /** A channel tries again for ever where nobody answers; a person waits for ten seconds. */
  #connected(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#client.waitForReady(Date.now() + this.#connectMs, (error) => {
      if (error === undefined) resolve();
      else
        reject(
          unreachable(this.#host, "nothing there speaks gRPC, or its certificate is not trusted"),
        );
    });
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    return promise;
  }

  #metadata(): Metadata {
    const { token, headers } = this.#connection;
    const metadata = new Metadata();
    for (const { name, value } of headers) metadata.set(name, value);
    if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
    return metadata;
  }
}

function tlsOf(connection: Connection): ChannelCredentials {
  const context = secureContext(connection);
  return credentials.createFromSecureContext(context, {
    rejectUnauthorized: !connection.isInsecure,
  });
}

/** gRPC's codes as the statuses that the same servers answer with over REST. */
const STATUSES: Readonly<Partial<Record<status, number>>> = {
  [status.INVALID_ARGUMENT]: 400,
  [status.OUT_OF_RANGE]: 400,
  [status.UNAUTHENTICATED]: 401,
  [status.PERMISSION_DENIED]: 403,
  [status.NOT_FOUND]: 404,
  [status.ALREADY_EXISTS]: 409,
  [status.FAILED_PRECONDITION]: 422,
  [status.DEADLINE_EXCEEDED]: 504,
  [status.UNAVAILABLE]: 503,
  [status.UNIMPLEMENTED]: 404,
};

/** What grpc-js says of itself where no reply came. */
const NO_REPLY = /^No connection established|^Connection dropped|ECONNRE|^read E|socket hang up/;

type Settling = Pick<PromiseWithResolvers<EndpointReply>, "resolve" | "reject">;

function settle(
  { code, details, metadata }: ServiceError,
  host: string,
  { resolve, reject }: Settling,
): void {
  if (code === status.CANCELLED) return reject(new DOMException("cancelled", "AbortError"));
  if (code === status.UNAVAILABLE && NO_REPLY.test(details)) {
    return reject(
      connectionRefusal(new Error(details), host) ?? unreachable(host, "the connection broke"),
    );
  }
  const pushback = Number(metadata.get("grpc-retry-pushback-ms")[0]);
  const wait =
    Number.isFinite(pushback) && pushback > 0 ? String(Math.ceil(pushback / 1000)) : undefined;
  const body = new TextEncoder().encode(JSON.stringify({ error: details.slice(0, MAX_DETAILS) }));
  resolve({
    status: STATUSES[code] ?? 500,
    headers: { "content-type": "application/json", "retry-after": wait },
    body,
  });
}

const MAX_DETAILS = 2000;
