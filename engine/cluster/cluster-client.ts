import { Agent, buildConnector, request } from "undici";
import { StudioError } from "../contract/errors.ts";
import { fieldOf } from "../deploy/waiting/observed.ts";
import { connectionReason } from "../network/connection-reason.ts";
import { secureContext } from "../network/trust.ts";
import { invalidReply, refusalOf, unreachable, type Asked } from "./cluster-refusal.ts";
import type { ClusterAccess } from "./kubeconfig.ts";
import { type Json, linesOf, parsed, readBody, warningsIn } from "./reply-body.ts";

/** Time limits for the parts of a request. */
export interface Timing {
  readonly connectMs: number;
  /** Until the reply is complete. The API itself gives up permission checks after 30 s. */
  readonly replyMs: number;
  /** Until a silent watch is restarted. */
  readonly watchMs: number;
}

export const TIMING: Timing = { connectMs: 10_000, replyMs: 40_000, watchMs: 60_000 };

/** A request to the API. */
export interface ClusterRequest {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Type of the body; JSON by default. */
  readonly type?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface ClusterReply {
  readonly status: number;
  readonly body: Json;
  /** Warnings of the API and its webhooks. */
  readonly warnings: readonly string[];
}

/** A change reported by a watch. */
export interface WatchEvent {
  readonly type: string;
  readonly object: Json;
}

/** A list of a thousand objects has several megabytes. */
const MAX_REPLY_BYTES = 32 << 20;
const MAX_HEAD_BYTES = 64 << 10;

/** A client of one cluster's API, limited in time and bytes, with its own connections; it follows no redirects. */
export class ClusterClient {
  readonly host: string;
  /** The context's own project. */
  readonly namespace: string | undefined;
  readonly #access: ClusterAccess;
  readonly #timing: Timing;
  readonly #agent: Agent;

  constructor(access: ClusterAccess, timing: Timing = TIMING) {
    this.#access = access;
    this.#timing = timing;
    this.host = new URL(access.address).host;
    this.namespace = access.namespace;
    const isTls = access.address.startsWith("https:");
    this.#agent = new Agent({
      connect: buildConnector({
        ...(isTls && { secureContext: secureContext(access) }),
        ...(access.serverName !== undefined && { servername: access.serverName }),
        timeout: timing.connectMs,
        allowH2: false,
        // Explicit, so that no environment variable decides it.
        rejectUnauthorized: !access.isInsecure,
      }),
      allowH2: false,
      headersTimeout: timing.replyMs,
      bodyTimeout: timing.watchMs + timing.replyMs,
      maxHeaderSize: MAX_HEAD_BYTES,
    });
  }

  /** Sends a request; returns any reply of the API, including errors. */
  async ask(asked: ClusterRequest): Promise<ClusterReply> {
    const { status, headers, text } = await this.#text(asked, MAX_REPLY_BYTES);
    return { status, body: this.#json(status, text), warnings: warningsIn(headers["warning"]) };
  }

  /** The object in the API's reply. Refuses as one of the CLUSTER codes. */
  async get(asked: ClusterRequest, about: Asked = {}): Promise<Json> {
    const { status, body } = await this.ask(asked);
    if (status >= 300) throw refusalOf({ status, body }, { ...about, host: this.host });
    return body;
  }

  /** As `get`; undefined if the object does not exist. */
  async find(asked: ClusterRequest, about: Asked = {}): Promise<Json | undefined> {
    const { status, body } = await this.ask(asked);
    if (status === 404 && isAboutObject(body)) return undefined;
    if (status >= 300) throw refusalOf({ status, body }, { ...about, host: this.host });
    return body;
  }

  /** A text that is not JSON, such as a log, cut off at `maxBytes`; undefined if it does not exist. */
  async text(asked: ClusterRequest, maxBytes: number): Promise<string | undefined> {
    const { status, text } = await this.#text(asked, maxBytes, "cut");
    return status === 200 ? text : undefined;
  }

  /** Changes, until the API ends the stream, which it does every minute, or `signal` aborts. */
  async *watch(asked: ClusterRequest): AsyncGenerator<WatchEvent> {
    const query = {
      ...asked.query,
      watch: "true",
      timeoutSeconds: String(Math.ceil(this.#timing.watchMs / 1000)),
    };
    const { statusCode, body } = await this.#send({ ...asked, query }, asked.signal);
    if (statusCode !== 200) {
      const text = new TextDecoder().decode(
        await readBody(body, MAX_REPLY_BYTES, "refuse", this.host),
      );
      const reply = { status: statusCode, body: this.#json(statusCode, text) };
      throw refusalOf(reply, { host: this.host });
    }
    try {
      for await (const line of linesOf(body, this.host)) {
        const event = parsed(line);
        if (isEvent(event)) yield event;
      }
    } catch (error) {
      throw this.#refused(error, asked.signal);
    } finally {
      body.on("error", () => {});
      body.destroy();
    }
  }

  /** Aborts what is still running. */
  close(): void {
    void this.#agent.destroy().catch(() => {});
  }

  async #text(asked: ClusterRequest, maxBytes: number, over: "refuse" | "cut" = "refuse") {
    const late = AbortSignal.timeout(this.#timing.replyMs);
    const signal = asked.signal === undefined ? late : AbortSignal.any([late, asked.signal]);
    try {
      const { statusCode: status, headers, body } = await this.#send(asked, signal);
      const bytes = await readBody(body, maxBytes, over, this.host);
      return { status, headers, text: new TextDecoder().decode(bytes) };
    } catch (error) {
      if (late.aborted && asked.signal?.aborted !== true) {
        const seconds = Math.round(this.#timing.replyMs / 1000);
        throw unreachable(this.host, `no whole reply came within ${seconds} s`);
      }
      throw this.#refused(error, asked.signal);
    }
  }

  async #send(asked: ClusterRequest, signal: AbortSignal | undefined) {
    const { method = "GET", path, query = {}, body, type = "application/json" } = asked;
    signal?.throwIfAborted();
    try {
      return await request(
        `${this.#access.address}${path}?${new URLSearchParams(query).toString()}`,
        {
          dispatcher: this.#agent,
          method,
          headers: {
            accept: "application/json, */*;q=0.5",
            "accept-encoding": "identity",
            "user-agent": "darkroom",
            ...(body !== undefined && { "content-type": type }),
            ...this.#access.headers,
          },
          body: body === undefined ? null : JSON.stringify(body),
          ...(signal !== undefined && { signal }),
        },
      );
    } catch (error) {
      throw this.#refused(error, signal);
    }
  }

  /** The refusal for a failed request; the signal's own reason if it was aborted. */
  #refused(error: unknown, signal: AbortSignal | undefined): unknown {
    if (error instanceof StudioError) return error;
    if (signal?.aborted === true) return signal.reason;
    const found = connectionReason(error);
    if (found === undefined) return error;
    const { kind, reason } = found;
    if (kind === "reply") return invalidReply(this.host, reason);
    const code = kind === "certificate" ? "CLUSTER_CERTIFICATE" : "CLUSTER_UNREACHABLE";
    return new StudioError(code, { host: this.host, reason });
  }

  #json(status: number, text: string): Json {
    const body = parsed(text);
    if (body !== undefined) return body;
    if (status >= 300 && status < 400) throw invalidReply(this.host, "it sends requests elsewhere");
    // Some refusals are plain text: for unknown paths, or from a proxy in front of the API.
    if (status >= 400 && !/^\s*</.test(text)) return { message: text.trim().slice(0, 300) };
    throw invalidReply(this.host, "it is not JSON");
  }
}

/** Whether a 404 means that the object is missing, rather than its kind or project. */
function isAboutObject(body: Json): boolean {
  const [name, kind] = [fieldOf(body, "details", "name"), fieldOf(body, "details", "kind")];
  return typeof name === "string" && name !== "" && kind !== "namespaces";
}

function isEvent(event: Json | undefined): event is Json & WatchEvent {
  return typeof event?.["type"] === "string" && typeof event["object"] === "object";
}
