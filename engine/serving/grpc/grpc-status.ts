import { Metadata, status, type StatusObject } from "@grpc/grpc-js";
import type { StudioError } from "../../contract/errors.ts";
import { asRefusal } from "../routes/refuse.ts";

/** How a call ends. */
export type Outcome = Pick<StatusObject, "code" | "details" | "metadata">;

/** gRPC's code of a refusal, by the status that it has over HTTP. */
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

/** The trailer that has the refusal's own code, as `code` has it over HTTP. */
const CODE = "darkroom-code";

/** The trailer by which gRPC's clients know when to try again, in milliseconds (gRFC A6). */
const PUSHBACK = "grpc-retry-pushback-ms";

/** What a client is told of whatever was thrown: one sentence, and the code that goes with it. */
export function outcomeOf(error: unknown, httpStatus?: number): Outcome {
  const refusal = asRefusal(error);
  const metadata = new Metadata();
  metadata.set(CODE, refusal.code);
  const { seconds } = refusal.details;
  if (typeof seconds === "number") metadata.set(PUSHBACK, String(Math.ceil(seconds * 1000)));
  // grpc-js percent-encodes the sentence, and half a surrogate pair cannot be.
  const details = refusal.message.toWellFormed();
  return { code: codeOf(refusal, httpStatus), details, metadata };
}

function codeOf({ code, status: own }: StudioError, httpStatus = own): status {
  // A deadline that cannot be kept is as one that has passed.
  if (code === "TIME_LIMIT" || code === "LIMIT_TOO_SHORT") return status.DEADLINE_EXCEEDED;
  return CODES[httpStatus] ?? status.UNKNOWN;
}

/** The status over HTTP that says what a code does, for a table that has both. */
export function httpStatusOf(code: status): number {
  if (code === status.OK) return 200;
  const [found] = Object.entries(CODES).find(([, one]) => one === code) ?? [];
  return found === undefined ? (OTHERS[code] ?? 500) : Number(found);
}

/** Codes that no refusal of ours has: the client's own cancel, as proxies write it down. */
const OTHERS: Readonly<Record<number, number>> = { [status.CANCELLED]: 499 };
