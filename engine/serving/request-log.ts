import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { StudioError } from "../contract/errors.ts";
import type { Exchange, ServedRequest } from "../contract/server.ts";
import type { Admission } from "./admission.ts";
import { BodyBeginning } from "./body-beginning.ts";
import type { Caller } from "./caller.ts";
import { secretsIn, withoutSecrets } from "./redaction.ts";
import { shownBody, shownHeaders } from "./shown-body.ts";

/** Requests that are kept, and bytes of their bodies. */
const KEPT = 300;
const KEPT_BYTES = 6 << 20;

/** Rows are told of four times a second at most, and this many at once: the rest comes later. */
const TELL_MS = 250;
const TOLD_AT_ONCE = 25;

/** A path that somebody made up may be 16 kB long. */
const MAX_PATH_LETTERS = 500;

interface Entry {
  row: ServedRequest;
  readonly secrets: readonly string[];
  readonly requestHeaders: IncomingMessage["headers"];
  readonly request: BodyBeginning;
  replyHeaders: Readonly<Record<string, unknown>>;
  readonly reply: BodyBeginning;
}

/** A request as it arrives, by whichever protocol. */
export interface Arrival {
  /** Address of the client. */
  readonly client: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

/** How a request ended: `status` as HTTP has it, absent where nothing was sent. */
export interface Ending {
  readonly isAnswered: boolean;
  readonly status?: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A request that is written down from now on; what is taken is what went over the wire. */
export interface Followed {
  readonly request: Pick<BodyBeginning, "take">;
  readonly reply: Pick<BodyBeginning, "take">;
  end(ending: Ending): void;
}

/**
 * The latest requests that the server got, with the beginnings of what went over the wire, in memory.
 * It listens to the raw streams, so that routes need not know of it.
 */
export class RequestLog {
  readonly #onChange: (rows: ServedRequest[]) => void;
  readonly #keys: readonly string[];
  readonly #entries = new Map<string, Entry>();
  readonly #byCaller = new WeakMap<Caller, Entry>();
  readonly #untold = new Set<string>();
  #telling: NodeJS.Timeout | undefined;

  /** `keys` are those that do not look like ours, and are never shown. */
  constructor(onChange: (rows: ServedRequest[]) => void, keys: readonly string[] = []) {
    this.#onChange = onChange;
    this.#keys = keys;
  }

  /** Follows a request over HTTP from now on; `caller` is an object of this request's alone. */
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

  /** The same for one whose protocol tells itself what went over the wire. */
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

  /** Says that it is the turn of a request, by who sent it. */
  markStarted(caller: Caller): void {
    const entry = this.#byCaller.get(caller);
    if (entry?.row.state === "waiting") this.#change(entry, { state: "running" });
  }

  /** Lets requests through as another does, and marks each when it is its turn. */
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

  /** Tells nothing any more. */
  close(): void {
    clearTimeout(this.#telling);
    this.clear();
  }

  #change(entry: Entry, change: Partial<ServedRequest>): void {
    entry.row = { ...entry.row, ...change };
    // It may have been cleared, or pushed out by later ones.
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

/** Sees every chunk on its way, and answers to back-pressure as the streams themselves do. */
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
