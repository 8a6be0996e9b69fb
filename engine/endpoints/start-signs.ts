import type { QuietCheck } from "../contract/endpoints.ts";
import { StudioError } from "../contract/errors.ts";
import type { StartPhase } from "../contract/progress.ts";
import type { EndpointReply } from "../kserve/client/endpoint-reply.ts";
import { refusalOf } from "../kserve/client/endpoint-refusal.ts";
import { messageIn } from "./look-parts.ts";

/** What servers say while a model is loading: KServe, Darkroom, TGI and similar ones. */
const LOADING = /\bnot (?:yet )?ready\b|\bis (?:still )?(?:being )?(?:loading|loaded|starting)\b/i;
/** What Knative's activator says if no pod came up while it held a request (Go's message). */
const GAVE_UP_HOLDING = /^context deadline exceeded$/;

/** The phase of a start according to a refusal, if no server can have started on the request; else undefined. */
export function startPhaseOf(error: unknown): StartPhase | undefined {
  if (!(error instanceof StudioError) || error.details["status"] !== 503) return undefined;
  // 502 can also mean that a server broke off.
  if (error.code === "ENDPOINT_NOT_SERVED") return "no-pod";
  if (error.code !== "ENDPOINT_BUSY") return undefined;
  const reason = String(error.details["reason"]);
  if (GAVE_UP_HOLDING.test(reason)) return "held";
  return LOADING.test(reason) ? "loading" : undefined;
}

/**
 * Whether the endpoint behind a refusal may only be starting, so that a person can choose to wait. It is weaker than
 * `startPhaseOf`, which decides whether a request is sent again.
 */
export function mayBeStarting(error: StudioError): boolean {
  if (startPhaseOf(error) !== undefined) return true;
  const reason = String(error.details["reason"]);
  if (error.code === "ENDPOINT_UNREACHABLE") return HELD_TOO_LONG.test(reason);
  return error.code === "ENDPOINT_BUSY" && (LOADING.test(reason) || NO_WORKER.test(reason));
}

/** Our own message for a request that was accepted and not answered in time, and for TorchServe without a worker. */
const HELD_TOO_LONG = /^nothing came within /;
const NO_WORKER = /has no worker that is ready/;

/** The state according to a readiness reply; readiness requests can always be repeated. */
export function seenIn(reply: EndpointReply): StartPhase | "up" {
  const { status, body } = reply;
  // Triton's reply for a model that is not ready.
  if (status === 400 && body.length === 0) return "loading";
  const refusal = refusalOf(reply);
  if (refusal === undefined) return saysNo(body) ? "loading" : "up";
  const phase = startPhaseOf(refusal);
  if (phase !== undefined) return phase;
  if (refusal.code === "ENDPOINT_BUSY" && status === 503) return "loading";
  if (refusal.code === "ENDPOINT_TIMED_OUT") return "held";
  return refusal.code === "ENDPOINT_NOT_SERVED" && status === 502 ? "no-pod" : "up";
}

/** Replies of servers without such a route: all that is known is that they reply. */
const NO_ROUTE: ReadonlySet<number> = new Set([404, 405, 501]);

/** The result of a readiness request. */
export function readinessIn(reply: EndpointReply): Pick<QuietCheck, "state"> & {
  readonly error?: StudioError | undefined;
} {
  const error = refusalOf(reply);
  if (seenIn(reply) !== "up") return { state: "not-ready", error };
  const isWell = error === undefined || (isRouteless(error) && NO_ROUTE.has(reply.status));
  return isWell ? { state: "ready" } : { state: "failed", error };
}

/** TorchServe without a wrapper, and other protocols, have no such address. */
function isRouteless({ code }: StudioError): boolean {
  return code === "ENDPOINT_NOT_SERVED" || code === "ENDPOINT_REFUSED";
}

/** Whether the body of a readiness reply says that it is not ready: Triton's is empty, KServe's is an object. */
export function saysNo(body: Uint8Array): boolean {
  const message = messageIn(body);
  return message?.get("ready") === false || message?.get("live") === false;
}
