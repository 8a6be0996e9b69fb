import type { IncomingMessage, ServerResponse } from "node:http";
import { COMMON_HEADERS, JSON_TYPE } from "../http/replies.ts";

/** The reply to a probe, the same for everyone. */
export interface ProbeReply {
  readonly status: number;
  readonly body: object;
}

/** Gives the current reply; never rejects. */
export type Probe = () => ProbeReply | Promise<ProbeReply>;

const HEADERS = [
  ...Object.entries(COMMON_HEADERS).flat(),
  "content-type",
  JSON_TYPE,
  "content-length",
];

/**
 * Answers probes directly behind the gate, without a router: there can be thousands per second. Requests with a query,
 * a body or a page's origin are left to the routes.
 */
export class Probes {
  readonly #probes: ReadonlyMap<string, Probe>;
  readonly #onAnswered: (request: IncomingMessage, response: ServerResponse) => void;

  constructor(
    probes: ReadonlyMap<string, Probe>,
    onAnswered: (request: IncomingMessage, response: ServerResponse) => void,
  ) {
    this.#probes = probes;
    this.#onAnswered = onAnswered;
  }

  /** Whether it answers the request, now or in a moment. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const probe = this.#probes.get(request.url ?? "");
    if (probe === undefined || hasMore(request)) return false;
    const reply = probe();
    if (reply instanceof Promise) void reply.then((told) => this.#send(request, response, told));
    else this.#send(request, response, reply);
    return true;
  }

  #send(request: IncomingMessage, response: ServerResponse, { status, body }: ProbeReply): void {
    const text = JSON.stringify(body);
    response.writeHead(status, [...HEADERS, String(Buffer.byteLength(text))]);
    response.end(text);
    this.#onAnswered(request, response);
  }
}

function hasMore({ headers }: IncomingMessage): boolean {
  return (
    headers["content-length"] !== undefined ||
    headers["transfer-encoding"] !== undefined ||
    headers.origin !== undefined
  );
}
