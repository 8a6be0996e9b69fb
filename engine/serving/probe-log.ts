import type { IncomingMessage, ServerResponse } from "node:http";
import type { Arrival, RequestLog } from "./request-log.ts";

/** There are few paths of probes, but their queries can be anything. */
const MOST_FAILING = 100;

/** How a probe ended. */
export interface ProbeEnding {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

/**
 * Probes arrive every few seconds and would push other requests out of the log. One is logged when its result changes:
 * the first refusal, and the first success after it.
 */
export class ProbeLog {
  readonly #requests: Pick<RequestLog, "open">;
  readonly #failing = new Set<string>();

  constructor(requests: Pick<RequestLog, "open">) {
    this.#requests = requests;
  }

  /** Records a probe that was answered over HTTP. */
  answered(request: IncomingMessage, response: ServerResponse): void {
    const { statusCode: status } = response;
    if (status < 400 && this.#failing.size === 0) return;
    const { method = "", url = "", headers, socket } = request;
    const client = socket.remoteAddress ?? "";
    this.note({ client, method, path: url, headers }, { status, headers: response.getHeaders() });
  }

  /** Records a probe that was answered. */
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
