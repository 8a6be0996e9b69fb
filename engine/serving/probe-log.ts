import type { IncomingMessage, ServerResponse } from "node:http";
import type { Arrival, RequestLog } from "./request-log.ts";

/** Paths of probes are few; their queries may be anything. */
const MOST_FAILING = 100;

/** What became of a probe. */
export interface ProbeEnding {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

/**
 * Probes, of which there is one every few seconds: they would push all other requests out of the log. One is
 * written down where its reply changes: as it is refused for the first time, and as it is answered again.
 */
export class ProbeLog {
  readonly #requests: Pick<RequestLog, "open">;
  readonly #failing = new Set<string>();

  constructor(requests: Pick<RequestLog, "open">) {
    this.#requests = requests;
  }

  /** Notes a probe over HTTP that was answered. */
  answered(request: IncomingMessage, response: ServerResponse): void {
    const { statusCode: status } = response;
    if (status < 400 && this.#failing.size === 0) return;
    const { method = "", url = "", headers, socket } = request;
    const client = socket.remoteAddress ?? "";
    this.note({ client, method, path: url, headers }, { status, headers: response.getHeaders() });
  }

  /** Notes a probe that was answered. */
  note(arrival: Arrival, ending: ProbeEnding): void {
    const [path = ""] = arrival.path.split("?", 1);
    const isFailing = ending.status >= 400;
    const wasFailing = this.#failing.has(path);
    if (isFailing === wasFailing || (isFailing && this.#failing.size >= MOST_FAILING)) return;
    if (isFailing) this.#failing.add(path);
    else this.#failing.delete(path);
    this.#requests.open(arrival).end({ ...ending, isAnswered: true });
  }
}
