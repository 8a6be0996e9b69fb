import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { StudioError } from "../contract/errors.ts";
import type { Exchange, ServedRequest } from "../contract/server.ts";
import type { Admission } from "./admission.ts";
import { BodyBeginning } from "./body-beginning.ts";
import type { Caller } from "./caller.ts";
import { secretsIn, withoutSecrets } from "./redaction.ts";
import { shownBody, shownHeaders } from "./shown-body.ts";

/** Number of requests kept, and bytes of their bodies. */
const KEPT = 300;
const KEPT_BYTES = 6 << 20;

/** Rows are reported at most four times per second, and at most this many at once. */
const TELL_MS = 250;
const TOLD_AT_ONCE = 25;

/** A path can be 16 kB long. */
const MAX_PATH_LETTERS = 500;

interface Entry {
  row: ServedRequest;
  readonly secrets: readonly string[];
  readonly requestHeaders: IncomingMessage["headers"];
  readonly request: BodyBeginning;
  replyHeaders: Readonly<Record<string, unknown>>;
  readonly reply: BodyBeginning;
}

/** A request as it arrives, in any protocol. */
export interface Arrival {
  /** The client's address. */
  readonly client: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

/** How a request ended: `status` as in HTTP, absent if nothing was sent. */
export interface Ending {
  readonly isAnswered: boolean;
  readonly status?: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A request that is being logged; its methods receive what is sent and received. */
export interface Followed {
  readonly request: Pick<BodyBeginning, "take">;
  readonly reply: Pick<BodyBeginning, "take">;
  end(ending: Ending): void;
}

/**
 * The latest requests, with the beginnings of their bodies, in memory. It observes the raw streams, so routes need not
 * know about it.
 */
export class RequestLog {
  readonly #onChange: (rows: ServedRequest[]) => void;
  readonly #keys: readonly string[];
  readonly #entries = new Map<string, Entry>();
  readonly #byCaller = new WeakMap<Caller, Entry>();
  readonly #untold = new Set<string>();
  #telling: NodeJS.Timeout | undefined;

  /** `keys` are additional secrets that do not look like our keys; they are never shown. */
  constructor(onChange: (rows: ServedRequest[]) => void, keys: readonly string[] = []) {
    this.#onChange = onChange;
    this.#keys = keys;
  }

  /** Logs an HTTP request; `caller` must be an object of this request only. */
  follow(request: IncomingMessage, response: ServerResponse, caller?: Caller): void {
    const { headers, method = "", url = "", socket } = request;
    const client = socket.remoteAddress ?? "";
    const followed = this.open({ client, method, path: url, headers }, caller);
    listen(request, response, followed);
    response.once("close", () =>
      followed.end({
        isAnswered: response.writableFinished,
        headers: response.getHeaders(),
        ...(response.headersSent && { status: response.statusCode }),
      }),
    );
  }

  /** The same for a protocol that reports itself what is sent and received. */
  open(arrival: Arrival, caller?: Caller): Followed {
    const entry = entryOf(arrival, caller, this.#keys);
    if (caller !== undefined) this.#byCaller.set(caller, entry);
    this.#entries.set(entry.row.id, entry);
    this.#trim();
    const begun = performance.now();
    this.#change(entry, {});
    return {
      request: entry.request,
      reply: entry.reply,
      end: ({ isAnswered, status, headers }) => {
        entry.replyHeaders = headers;
        this.#change(entry, {
          state: isAnswered ? "answered" : "gone",
          ...(status !== undefined && { status }),
          ms: Math.round((performance.now() - begun) * 10) / 10,
          requestBytes: entry.request.sizeBytes,
          replyBytes: entry.reply.sizeBytes,
        });
      },
    };
  }

  /** Marks that a request's turn has come, by its caller object. */
  markStarted(caller: Caller): void {
    const entry = this.#byCaller.get(caller);
    if (entry?.row.state === "waiting") this.#change(entry, { state: "running" });
  }

  /** Wraps an admission so that each request is marked when its turn comes. */
  marking(admission: Admission): Admission {
    return {
      draw: (request) => {
        const onStart = (): void => {
          this.markStarted(request.caller);
          request.onStart?.();
        };
        return admission.draw({ ...request, onStart });
      },
    };
  }

  /** Newest first. */
  list(): ServedRequest[] {
    return [...this.#entries.values()].map(({ row }) => row).toReversed();
  }

  /** Refuses as NOT_FOUND. */
  exchange(id: string): Exchange {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new StudioError("NOT_FOUND", { what: "request", id });
    const { row, secrets, request, reply } = entry;
    const requestHeaders = shownHeaders(entry.requestHeaders, secrets);
    const replyHeaders = shownHeaders(entry.replyHeaders, secrets);
    return {
      ...row,
      requestHeaders,
      requestBody: shownBody(wireBody(request, requestHeaders), secrets),
      replyHeaders,
      replyBody: shownBody(wireBody(reply, replyHeaders), secrets),
    };
  }

  clear(): void {
    this.#entries.clear();
    this.#untold.clear();
  }

  /** Stops reporting. */
  close(): void {
    clearTimeout(this.#telling);
    this.clear();
  }

  #change(entry: Entry, change: Partial<ServedRequest>): void {
    entry.row = { ...entry.row, ...change };
    // It may have been cleared, or dropped because of later ones.
    if (!this.#entries.has(entry.row.id)) return;
    this.#untold.add(entry.row.id);
    this.#telling ??= setTimeout(() => this.#tell(), TELL_MS).unref();
  }

  #tell(): void {
    this.#telling = undefined;
    const ids = [...this.#untold].slice(0, TOLD_AT_ONCE);
    for (const id of ids) this.#untold.delete(id);
    const rows = ids.map((id) => this.#entries.get(id)?.row).filter((row) => row !== undefined);
    if (rows.length > 0) this.#onChange(rows);
    if (this.#untold.size > 0) this.#telling = setTimeout(() => this.#tell(), TELL_MS).unref();
  }

  #trim(): void {
    for (const [id] of this.#entries) {
      if (this.#entries.size <= KEPT) break;
      this.#entries.delete(id);
      this.#untold.delete(id);
    }
    let keptBytes = 0;
    for (const { request, reply } of [...this.#entries.values()].toReversed()) {
      keptBytes += request.keptBytes + reply.keptBytes;
      if (keptBytes <= KEPT_BYTES) continue;
      request.forget();
      reply.forget();
    }
  }
}

function entryOf(
  { client, method, path, headers }: Arrival,
  caller: Caller | undefined,
  keys: readonly string[],
): Entry {
  const secrets = [...keys, ...secretsIn(headers)];
  const keyName = caller?.keyName;
  return {
    row: {
      id: randomUUID(),
      at: new Date().toISOString(),
      client: client.replace(/^::ffff:/, ""),
      ...(keyName !== undefined && { keyName }),
      method,
      path: withoutSecrets(path.slice(0, MAX_PATH_LETTERS), secrets),
      state: "waiting",
      requestBytes: 0,
    },
    secrets,
    requestHeaders: headers,
    request: new BodyBeginning(),
    replyHeaders: {},
    reply: new BodyBeginning(),
  };
}

/** Observes every chunk without disturbing the streams' back-pressure. */
function listen(request: IncomingMessage, response: ServerResponse, entry: Followed): void {
  const push = request.push.bind(request);
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    entry.request.take(chunk, encoding);
    return push(chunk, encoding);
  };
  for (const method of ["write", "end"] as const) {
    const send = response[method];
    const seeing = (...args: readonly unknown[]): unknown => {
      entry.reply.take(args[0], args[1]);
      return Reflect.apply(send, response, args);
    };
    Object.assign(response, { [method]: seeing });
  }
}

function wireBody(body: BodyBeginning, headers: Readonly<Record<string, string>>) {
  return { bytes: body.bytes(), sizeBytes: body.sizeBytes, headers };
}
