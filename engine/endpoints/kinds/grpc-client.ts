import { type Client, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { type RefusalCode, StudioError } from "../../contract/errors.ts";
import type { EndpointReply } from "../../kserve/client/endpoint-reply.ts";
import { MAX_REPLY_BYTES } from "../../kserve/client/endpoint-reply.ts";
import { GRPC_TYPE } from "../../kserve/client/grpc-messages.ts";
import { quote } from "../../kserve/wire/message-fault.ts";
import { connectionRefusal, unreachable } from "../connection-refusal.ts";
import { type Connection, type EndpointRequest, TIMING, type Timing } from "../endpoint-client.ts";
import { refuseTokenInTheClear } from "../endpoint-client.ts";
import { openChannel, whyNot } from "./grpc-channel.ts";

/**
 * A gRPC client for one endpoint with its own channel. Its replies have the form of REST replies: bytes, or the HTTP
 * status that corresponds to the code, so that refusals and retries are the same for both.
 */
export class GrpcClient {
  readonly #connection: Connection;
  readonly #client: Client;
  readonly #host: string;
  readonly #connectMs: number;

  constructor(connection: Connection, { connectMs }: Timing = TIMING) {
    this.#connection = connection;
    this.#connectMs = connectMs;
    this.#host = new URL(connection.origin).host;
    this.#client = openChannel(connection);
  }

  /** Makes a single attempt. Rejects with the signal's reason, or refuses as one of the ENDPOINT codes. */
  async ask({ path, message, timeoutMs, signal, onSent }: EndpointRequest): Promise<EndpointReply> {
    refuseTokenInTheClear(this.#connection);
    signal?.throwIfAborted();
    await this.#connected(signal);
    const body = Buffer.concat([...(message?.chunks ?? [])]);
    const ending = Promise.withResolvers<EndpointReply>();
    const { promise, resolve, reject } = ending;
    let type = "";
    onSent?.();
    const call = this.#client.makeUnaryRequest(
      path,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      body,
      this.#metadata(),
      { deadline: Date.now() + timeoutMs },
      (error, reply) => {
        if (error !== null) return settle(error, { host: this.#host, timeoutMs, type }, ending);
        const bytes = new Uint8Array(reply ?? []);
        resolve({ status: 200, headers: { "content-type": GRPC_TYPE }, body: bytes });
      },
    );
    call.on("metadata", (metadata) => (type = String(metadata.get("content-type")[0] ?? "")));
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

  /** Aborts what is still running. */
  close(): void {
    this.#client.close();
  }

  /** A channel would retry forever without an answer; this gives up after ten seconds. */
  async #connected(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    this.#client.waitForReady(Date.now() + this.#connectMs, (error) => {
      resolve(error === undefined);
    });
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    if (!(await promise)) throw await whyNot(this.#connection, this.#connectMs);
  }

  #metadata(): Metadata {
    const { token, headers } = this.#connection;
    const metadata = new Metadata();
    for (const { name, value } of headers) metadata.set(name, value);
    if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
    return metadata;
  }
}

/** The HTTP statuses with which the same servers reply over REST, by gRPC code. */
const STATUSES: Readonly<Partial<Record<status, number>>> = {
  [status.INVALID_ARGUMENT]: 400,
  [status.OUT_OF_RANGE]: 400,
  [status.UNAUTHENTICATED]: 401,
  [status.PERMISSION_DENIED]: 403,
  [status.NOT_FOUND]: 404,
  [status.ALREADY_EXISTS]: 409,
  [status.FAILED_PRECONDITION]: 422,
  [status.DEADLINE_EXCEEDED]: 504,
  [status.RESOURCE_EXHAUSTED]: 429,
  [status.UNAVAILABLE]: 503,
  [status.UNIMPLEMENTED]: 404,
};

/** grpc-js' own messages if there was no reply. */
const NO_REPLY = /^No connection established|^Connection dropped|ECONNRE|^read E|socket hang up/;

/** grpc-js' own messages if what arrived is not a reply, with the refusals they become. */
const NO_MESSAGE: readonly (readonly [RegExp, RefusalCode, string])[] = [
  [/^No message received/, "ENDPOINT_REPLY_BROKEN", "the call ended without a message"],
  [/^Received RST_STREAM/, "ENDPOINT_REPLY_BROKEN", "it ended the call"],
  [
    /^Received message (?:that decompresses to a size )?larger than/,
    "ENDPOINT_REPLY_TOO_LARGE",
    `it has more than ${MAX_REPLY_BYTES >> 20} MiB`,
  ],
];

type Settling = Pick<PromiseWithResolvers<EndpointReply>, "resolve" | "reject">;

interface Asked {
  readonly host: string;
  readonly timeoutMs: number;
  /** The Content-Type of the reply; "" if there was none. */
  readonly type: string;
}

/** Handles a call that ended without a message. */
function settle(error: ServiceError, asked: Asked, { resolve, reject }: Settling): void {
  const refusal = notReplied(error, asked);
  if (refusal !== undefined) reject(refusal);
  else resolve(replyOf(error));
}

function notReplied(error: Partial<ServiceError>, asked: Asked): Error | undefined {
  const { code, details = "" } = error;
  const { host, timeoutMs, type } = asked;
  // Our own cancel has been reported before.
  if (code === status.CANCELLED) return broken("it cancelled the call");
  if (code === status.UNAVAILABLE && NO_REPLY.test(details)) {
    const reason = "the connection broke";
    return connectionRefusal(new Error(details), host) ?? unreachable(host, reason);
  }
  // Its own deadline passed; a server's message would be shorter.
  if (code === status.DEADLINE_EXCEEDED && details.startsWith("Deadline exceeded after")) {
    return unreachable(host, `nothing came within ${Math.round(timeoutMs / 1000)} s`);
  }
  if (type !== "" && !type.startsWith("application/grpc")) {
    const reason = `it is ${quote(type)} over HTTP, not gRPC`;
    return new StudioError("ENDPOINT_REPLY_INVALID", { reason });
  }
  return isUndecompressed(error) ? broken("its compression is damaged") : withoutMessage(details);
}

/** For data that it cannot decompress, grpc-js gives neither metadata nor details, despite its types. */
function isUndecompressed({ metadata, details }: Partial<ServiceError>): boolean {
  return metadata === undefined || details === undefined;
}

function withoutMessage(details: string): StudioError | undefined {
  const [, refused, reason = ""] = NO_MESSAGE.find(([said]) => said.test(details)) ?? [];
  return refused && new StudioError(refused, { reason });
}

function broken(reason: string): StudioError {
  return new StudioError("ENDPOINT_REPLY_BROKEN", { reason });
}

/** The status as the same server reports it over REST. */
function replyOf({ code, details, metadata }: ServiceError): EndpointReply {
  const pushback = Number(metadata.get("grpc-retry-pushback-ms")[0]);
  const wait =
    Number.isFinite(pushback) && pushback > 0 ? String(Math.ceil(pushback / 1000)) : undefined;
  const body = new TextEncoder().encode(JSON.stringify({ error: details.slice(0, MAX_DETAILS) }));
  return {
    status: STATUSES[code] ?? 500,
    headers: { "content-type": "application/json", "retry-after": wait },
    body,
  };
}

const MAX_DETAILS = 2000;
