import type { IncomingMessage, ServerResponse } from "node:http";
import { COMMON_HEADERS, type Rejection } from "../http/replies.ts";
import type { Caller } from "./caller.ts";
import type { ListenerGate } from "./listener-gate.ts";
import { isMetricsRead } from "./metrics/metrics-route.ts";
import type { ServingMetrics } from "./metrics/serving-metrics.ts";
import { ProbeLog } from "./probe-log.ts";
import { type Probe, Probes } from "./probes.ts";
import type { RequestLog } from "./request-log.ts";

const PREFLIGHT_SECONDS = "600";

/** Admits requests, identifies their callers, and logs them. */
export class RequestGate {
  readonly #gate: ListenerGate;
  readonly #requests: RequestLog;
  readonly #probes: ProbeLog;
  readonly #metrics: ServingMetrics | undefined;
  readonly #passed = new WeakMap<IncomingMessage, { caller?: Caller; route: string }>();

  #answers: Probes | undefined;

  constructor(gate: ListenerGate, requests: RequestLog, metrics: ServingMetrics | undefined) {
    this.#gate = gate;
    this.#requests = requests;
    this.#probes = new ProbeLog(requests);
    this.#metrics = metrics;
  }

  /** Sets the probes, by address, that are answered without a router. */
  answer(probes: ReadonlyMap<string, Probe>): void {
    this.#answers = new Probes(probes, (request, response) => {
      this.#noteProbe(request, response, response.statusCode);
    });
  }

  callerOf(request: IncomingMessage): Caller {
    const { caller } = this.#passed.get(request) ?? {};
    if (caller === undefined) throw new Error("a request passed by the gate");
    return caller;
  }

  /** Called when a router has found the route. */
  routed(request: IncomingMessage, route: string | undefined): void {
    const passed = this.#passed.get(request);
    if (passed !== undefined && route !== undefined) passed.route = route;
  }

  /** The gate, for the listener. */
  reject(request: IncomingMessage, response: ServerResponse): Rejection | "answered" | undefined {
    const decision = this.#gate.decide(request);
    if (decision.origin !== undefined) allowPage(response, decision.origin);
    if (decision.kind === "preflight") {
      answerPreflight(request, response);
      return "answered";
    }
    if (decision.kind === "in") {
      if (decision.isProbe === true && this.#answers?.answer(request, response) === true) {
        return "answered";
      }
      const isScrape = isMetricsRead(request);
      if (decision.isProbe === true || isScrape) this.#followProbe(request, response);
      if (decision.isProbe === true && !isScrape) {
        this.#passed.set(request, { caller: decision.caller, route: "none" });
        return undefined;
      }
      this.#enter(request, response, { caller: decision.caller, isScrape });
      return undefined;
    }
    this.#enter(request, response, { caller: decision.caller, isScrape: false });
    this.#metrics?.refused(decision.rejection.error);
    return decision.rejection;
  }

  /** Remembers a request's caller and logs the request; Prometheus' own requests are handled as probes. */
  #enter(
    request: IncomingMessage,
    response: ServerResponse,
    {
      caller: known,
      isScrape,
    }: { readonly caller: Caller | undefined; readonly isScrape: boolean },
  ): void {
    // One object per request: the log identifies the request by it.
    const caller = known === undefined ? undefined : { ...known };
    const passed = { route: "none", ...(caller && { caller }) };
    this.#passed.set(request, passed);
    if (isScrape) return;
    this.#requests.follow(request, response, caller);
    if (this.#metrics !== undefined) countAnswer(this.#metrics, response, passed);
  }

  /** There are many: a probe is recognised by the exact address of an open route. */
  #followProbe(request: IncomingMessage, response: ServerResponse): void {
    response.once("close", () => this.#noteProbe(request, response, statusOf(response)));
  }

  #noteProbe(request: IncomingMessage, response: ServerResponse, status: number): void {
    const { url = "" } = request;
    const query = url.indexOf("?");
    const route = query === -1 ? url : url.slice(0, query);
    this.#metrics?.count({ protocol: "rest", route, status });
    if (status !== GONE) this.#probes.answered(request, response);
  }
}

/** nginx's status for a client that disconnected first. */
const GONE = 499;

function statusOf(response: ServerResponse): number {
  return response.writableFinished ? response.statusCode : GONE;
}

/** Counts and times a request once its reply was sent. */
function countAnswer(
  metrics: ServingMetrics,
  response: ServerResponse,
  passed: { readonly route: string },
): void {
  const begunMs = performance.now();
  const end = metrics.begin();
  response.once("close", () => {
    const ms = performance.now() - begunMs;
    end({ protocol: "rest", route: passed.route, status: statusOf(response), ms });
  });
}

/** Lets a page of a listed origin read the reply and send custom headers. */
function allowPage(response: ServerResponse, origin: string): void {
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader(
    "access-control-expose-headers",
    "Inference-Header-Content-Length, Retry-After",
  );
  response.setHeader("cross-origin-resource-policy", "cross-origin");
  response.setHeader("vary", "Origin");
}

function answerPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  const isFromOutside = headers["access-control-request-private-network"] === "true";
  response.writeHead(204, {
    ...COMMON_HEADERS,
    "cross-origin-resource-policy": "cross-origin",
    "access-control-allow-methods": "GET, HEAD, POST",
    "access-control-allow-headers":
      "Authorization, Content-Type, Content-Encoding, Inference-Header-Content-Length",
    "access-control-max-age": PREFLIGHT_SECONDS,
    ...(isFromOutside && { "access-control-allow-private-network": "true" }),
  });
  response.end();
}
