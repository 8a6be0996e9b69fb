import type { DoctorStep } from "../../contract/doctor.ts";
import type { StudioError } from "../../contract/errors.ts";
import { tokenStateOf, utcMinute } from "../../contract/token-expiry.ts";
import { mayBeStarting } from "../start-signs.ts";
import type { ExaminedEndpoint, FirstReply, Outcome } from "./examined-endpoint.ts";
import { newTokenCommand, remedyFor } from "./remedies.ts";
import { speaksTls } from "./tls-step.ts";

type ReplyStep = (
  reply: FirstReply,
  endpoint: ExaminedEndpoint,
  signal: AbortSignal,
) => Promise<Outcome>;

/** The steps that the first reply shows, from the outside in. */
export const REPLY_STEPS: readonly (readonly [DoctorStep, ReplyStep])[] = [
  ["route", route],
  ["sign-in", signIn],
  ["token", token],
  ["live", live],
];

/** Refusals by a router, or without any reply. */
const OF_ROUTE: ReadonlySet<string> = new Set([
  "ENDPOINT_NOT_SERVED",
  "ENDPOINT_TIMED_OUT",
  "ENDPOINT_UNREACHABLE",
  "ENDPOINT_CERTIFICATE",
  "PROXY_FAILED",
  "PROXY_INVALID",
  "ENDPOINT_MOVED",
  "ENDPOINT_REPLY_INVALID",
  "ENDPOINT_REPLY_BROKEN",
  "ENDPOINT_REPLY_TOO_LARGE",
  "REQUEST_INVALID",
]);

/** What Go servers and nginx answer to plain http at a TLS port. */
const HTTP_TO_HTTPS = /HTTP request (?:to an|was sent to) HTTPS/i;

async function route(
  { status, problem }: FirstReply,
  endpoint: ExaminedEndpoint,
  signal: AbortSignal,
): Promise<Outcome> {
  const isHttp = endpoint.address.origin.startsWith("http:");
  const isOfTls = HTTP_TO_HTTPS.test(String(problem?.details["reason"] ?? ""));
  const isRoutes = problem !== undefined && OF_ROUTE.has(problem.code);
  if (isHttp && (isOfTls || isRoutes) && (isOfTls || (await speaksTls(endpoint, signal)))) {
    return {
      outcome: "failed",
      seen: "This port speaks TLS, and was spoken to in plain http.",
      fix: "Write the address with https://.",
    };
  }
  if (problem !== undefined && isRoutes) return failedBy(problem, endpoint);
  return { outcome: "ok", seen: status === undefined ? "answered" : `answered with ${status}` };
}

async function signIn({ problem }: FirstReply, endpoint: ExaminedEndpoint): Promise<Outcome> {
  const isTokens = problem?.code === "ENDPOINT_TOKEN_REFUSED";
  if (isTokens && /sign-in|log[ -]?in/i.test(String(problem.details["reason"]))) {
    return failedBy(problem, endpoint);
  }
  return { outcome: "ok", seen: "no sign-in page is in the way" };
}

async function token(reply: FirstReply, endpoint: ExaminedEndpoint): Promise<Outcome> {
  const { problem, status } = reply;
  const { hasToken, tokenExpiresAt, now } = endpoint;
  const end = tokenExpiresAt && utcMinute(tokenExpiresAt);
  const state = tokenStateOf(endpoint, now().getTime());
  if (state === "expired") {
    const fix = "Make a new token and enter it.";
    const copy = newTokenCommand(endpoint);
    const isRefused = problem?.code === "ENDPOINT_TOKEN_REFUSED";
    const outcome = isRefused ? "failed" : "warning";
    return { outcome, seen: `The token expired at ${end}.`, fix, copy };
  }
  if (problem?.code === "ENDPOINT_TOKEN_REFUSED") {
    const failed = failedBy(problem, endpoint);
    return status === undefined ? failed : { ...failed, seen: `${failed.seen} Status ${status}.` };
  }
  if (!hasToken) return { outcome: "ok", seen: "none is sent, and none is asked for" };
  const seen =
    end === undefined ? "accepted; it does not say when it expires" : `accepted until ${end}`;
  if (state !== "expiring") return { outcome: "ok", seen };
  const copy = newTokenCommand(endpoint);
  return { outcome: "warning", seen, fix: "Make a new one today.", copy };
}

async function live({ problem }: FirstReply, endpoint: ExaminedEndpoint): Promise<Outcome> {
  if (problem === undefined) return { outcome: "ok", seen: "the server answers" };
  return failedBy(problem, endpoint);
}

/** A failed step for a refusal; `models` are those that the endpoint lists. */
export function failedBy(
  problem: StudioError,
  endpoint: ExaminedEndpoint,
  models: readonly string[] = [],
): Outcome {
  const seen = sentenceOf(problem);
  return {
    outcome: "failed",
    seen,
    ...startingOf(problem),
    ...remedyFor(problem, endpoint, models),
  };
}

/** What happened, without the advice. A model that is not ready is not busy. */
function sentenceOf(problem: StudioError): string {
  const { status, reason } = problem.details;
  if (problem.code === "ENDPOINT_BUSY" && mayBeStarting(problem)) {
    return `The endpoint is not ready yet (status ${String(status)}): ${String(reason)}.`;
  }
  return problem.message.split(/(?<=\.) (?=[A-Z])/)[0] ?? problem.message;
}

/** Whether the endpoint behind a refusal may only be starting. */
function startingOf(problem: StudioError): Pick<Outcome, "isStarting"> {
  return mayBeStarting(problem) ? { isStarting: true } : {};
}
