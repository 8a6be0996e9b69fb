import type { IncomingMessage, ServerResponse } from "node:http";
import { COMMON_HEADERS, JSON_TYPE } from "../http/replies.ts";

/** What a probe is told, the same for whoever asks. */
export interface ProbeReply {
  readonly status: number;
  readonly body: object;
}

/** Tells it now; never rejects. */
export type Probe = () => ProbeReply | Promise<ProbeReply>;

const HEADERS = [
  ...Object.entries(COMMON_HEADERS).flat(),
  "content-type",
  JSON_TYPE,
  "content-length",
];

/**
 * Answers probes as soon as the gate has let them in, without a router: there may be thousands a second. Only those
 * that ask for nothing but the answer; a query, a body or a page's origin is the routes' to look at.
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

  /** Whether it answers, now or in a moment. */
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
