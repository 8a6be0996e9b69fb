import { Metadata, status, type StatusObject } from "@grpc/grpc-js";
import type { StudioError } from "../../contract/errors.ts";
import { asRefusal } from "../routes/refuse.ts";

/** How a call ends. */
export type Outcome = Pick<StatusObject, "code" | "details" | "metadata">;

/** gRPC status codes by the HTTP status of a refusal. */
const CODES: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  405: status.UNIMPLEMENTED,
  409: status.FAILED_PRECONDITION,
  410: status.NOT_FOUND,
  413: status.RESOURCE_EXHAUSTED,
  415: status.INVALID_ARGUMENT,
  421: status.PERMISSION_DENIED,
  422: status.FAILED_PRECONDITION,
  500: status.INTERNAL,
  501: status.UNIMPLEMENTED,
  502: status.UNAVAILABLE,
  503: status.UNAVAILABLE,
  504: status.DEADLINE_EXCEEDED,
  507: status.RESOURCE_EXHAUSTED,
};

/** The trailer with the refusal's own code, which is `code` over HTTP. */
const CODE = "darkroom-code";

/** The trailer that tells gRPC clients when to try again, in milliseconds (gRFC A6). */
const PUSHBACK = "grpc-retry-pushback-ms";

/** The status for whatever was thrown: one sentence and a code. */
export function outcomeOf(error: unknown, httpStatus?: number): Outcome {
  const refusal = asRefusal(error);
  const metadata = new Metadata();
  metadata.set(CODE, refusal.code);
  const { seconds } = refusal.details;
  if (typeof seconds === "number") metadata.set(PUSHBACK, String(Math.ceil(seconds * 1000)));
  // grpc-js percent-encodes the sentence, which is impossible with a lone surrogate.
  const details = refusal.message.toWellFormed();
  return { code: codeOf(refusal, httpStatus), details, metadata };
}

function codeOf({ code, status: own }: StudioError, httpStatus = own): status {
  // A deadline that cannot be met counts as exceeded.
  if (code === "TIME_LIMIT" || code === "LIMIT_TOO_SHORT") return status.DEADLINE_EXCEEDED;
  return CODES[httpStatus] ?? status.UNKNOWN;
}

/** The HTTP status that corresponds to a code, for a table with both. */
export function httpStatusOf(code: status): number {
  if (code === status.OK) return 200;
  const [found] = Object.entries(CODES).find(([, one]) => one === code) ?? [];
  return found === undefined ? (OTHERS[code] ?? 500) : Number(found);
}

/** Codes that are not our refusals: the client's cancel, with the status that proxies log. */
const OTHERS: Readonly<Record<number, number>> = { [status.CANCELLED]: 499 };
