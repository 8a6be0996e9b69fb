import type { IncomingHttpHeaders } from "node:http";
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  status,
} from "@grpc/grpc-js";
import { StudioError } from "../../contract/errors.ts";
import type { Caller } from "../caller.ts";
import type { RequestHead } from "../gate.ts";
import type { Sockets } from "../../http/sockets.ts";
import type { ListenerGate } from "../listener-gate.ts";
import type { ServingMetrics } from "../metrics/serving-metrics.ts";
import { ProbeLog } from "../probe-log.ts";
import type { Arrival, Followed, RequestLog } from "../request-log.ts";
import { MessageReaders } from "./message-readers.ts";
import { httpStatusOf, type Outcome, outcomeOf } from "./grpc-status.ts";

/** An admitted call. */
export interface Passed {
  readonly caller: Caller;
  readonly followed: Followed;
}

/** Admits calls by their metadata, before any of their messages is read, and logs them. */
export class CallGate {
  readonly #gate: ListenerGate;
  readonly #requests: RequestLog;
  readonly #sockets: Pick<Sockets, "begin">;
  readonly #probes: ProbeLog;
  readonly #metrics: ServingMetrics | undefined;
  readonly #passed = new WeakMap<Metadata, Passed>();
  readonly #readers = new MessageReaders();

  constructor(
    gate: ListenerGate,
    {
      requests,
      sockets,
      metrics,
    }: {
      readonly requests: RequestLog;
      readonly sockets: Pick<Sockets, "begin">;
      readonly metrics?: ServingMetrics | undefined;
    },
  ) {
    this.#gate = gate;
    this.#sockets = sockets;
    this.#probes = new ProbeLog(requests);
    this.#metrics = metrics;
    this.#requests = requests;
  }

  passed(metadata: Metadata): Passed {
    const passed = this.#passed.get(metadata);
    if (passed === undefined) throw new Error("a call passed by the gate");
    return passed;
  }

  readonly intercept: ServerInterceptor = ({ path, requestStream, responseStream }, call) => {
    let followed: Followed | undefined;
    let isRead: (() => void) | undefined;
    const finish = (outcome: Pick<Outcome, "code" | "details">): void => {
      if (outcome.code !== status.OK) followed?.reply.take(outcome.details);
      const headers = { "grpc-status": outcome.code };
      followed?.end({ isAnswered: true, status: httpStatusOf(outcome.code), headers });
      followed = undefined;
      isRead?.();
    };
    const refuse = (refusal: Outcome): void => {
      finish(refusal);
      call.sendStatus(refusal);
    };
    return new ServerInterceptingCall(call, {
      start: (next) => {
        next({
          onReceiveMetadata: (metadata, pass) => {
            const refusal = this.#letIn(path, metadata, {
              call,
              responseStream,
              follow: (one) => (followed = one),
            });
            if (refusal !== undefined) return refuse(refusal);
            // A stream can be idle as long as its client likes; from other computers, streams need a key.
            if (requestStream) return pass(metadata);
            isRead = this.#readers.enter(
              () => pass(metadata),
              () => refuse(outcomeOf(TOO_SLOW)),
            );
          },
          onReceiveMessage: (message: Buffer, pass) => {
            followed?.request.take(message);
            isRead?.();
            pass(message);
          },
          onReceiveHalfClose: (pass) => {
            isRead?.();
            pass();
          },
          onCancel: () => {
            isRead?.();
            followed?.end({ isAnswered: false, headers: {} });
            followed = undefined;
          },
        });
      },
      sendMessage: (message: Buffer, pass) => {
        followed?.reply.take(message);
        pass(message);
      },
      sendStatus: (outcome, pass) => {
        finish({ code: outcome.code ?? status.UNKNOWN, details: outcome.details ?? "" });
        pass(outcome);
      },
    });
  };

  /** Returns the status with which a refused call ends. */
  #letIn(
    path: string,
    metadata: Metadata,
    {
      call,
      responseStream,
      follow,
    }: {
      readonly call: ServerInterceptingCallInterface;
      readonly responseStream: boolean;
      readonly follow: (followed: Followed) => void;
    },
  ): Outcome | undefined {
    const headers = headersOf(metadata);
    const decision = this.#gate.decide(headOf(path, headers, call.getHost()));
    const known = decision.kind === "preflight" ? undefined : decision.caller;
    // One object per call: the log identifies the call by it.
    const caller = known && { ...known };
    const client = call.getConnectionInfo().remoteAddress ?? "";
    const arrival = { client, method: "gRPC", path, headers };
    const isProbe = decision.kind === "in" && decision.isProbe === true;
    const noted = isProbe ? this.#followProbe(arrival) : this.#follow(arrival, caller);
    // A stream that needs no key may last for ever, so its connection makes room for others.
    const followed = isProbe && responseStream ? noted : this.#atWork(noted, call);
    follow(followed);
    if (decision.kind === "refused") {
      const { error, status: httpStatus } = decision.rejection;
      this.#metrics?.refused(error);
      return outcomeOf(error, httpStatus);
    }
    if (caller !== undefined) this.#passed.set(metadata, { caller, followed });
    return undefined;
  }

  /** A call from whose first message on its connection is at work. */
  #atWork(followed: Followed, call: ServerInterceptingCallInterface): Followed {
    let rest: (() => void) | undefined;
    return {
      request: {
        take: (message) => {
          rest ??= this.#sockets.begin(call.getConnectionInfo());
          followed.request.take(message);
        },
      },
      reply: followed.reply,
      end: (ending) => {
        rest?.();
        followed.end(ending);
      },
    };
  }

  #follow(arrival: Arrival, caller: Caller | undefined): Followed {
    const followed = this.#requests.open(arrival, caller);
    const begunMs = performance.now();
    const counted = this.#metrics?.begin();
    return {
      ...followed,
      end: (ending) => {
        const ms = performance.now() - begunMs;
        counted?.({ protocol: "grpc", route: arrival.path, status: ending.status ?? GONE, ms });
        followed.end(ending);
      },
    };
  }

  /** A probe is logged only if it is refused. */
  #followProbe(arrival: Arrival): Followed {
    const nothing = { take: () => {} };
    return {
      request: nothing,
      reply: nothing,
      end: ({ status: known = GONE, headers, isAnswered }) => {
        this.#metrics?.count({ protocol: "grpc", route: arrival.path, status: known });
        if (isAnswered) this.#probes.note(arrival, { status: known, headers });
      },
    };
  }
}

/** As in nginx: the client disconnected first. */
const GONE = 499;

const TOO_SLOW = new StudioError("REQUEST_INVALID", {
  field: "The message",
  value: "read",
  reason: "it comes too slowly",
});

/** A call in the form of an HTTP request, for the gate: its host is the authority, and it is never a form. */
function headOf(path: string, headers: IncomingHttpHeaders, host: string | undefined): RequestHead {
  return {
    method: "POST",
    url: path,
    headers: {
      ...headers,
      "content-type": "application/octet-stream",
      ...(host !== undefined && { host }),
    },
    rawHeaders: [],
  };
}

function headersOf(metadata: Metadata): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(metadata.getMap()).map(([name, value]) => [name, value.toString()]),
  );
}
