import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { type Details, StudioError } from "../../contract/errors.ts";
import { errorReply } from "../../kserve/server/server-messages.ts";
import { NO_KEY } from "../gate.ts";
import { refusalBody } from "./refusal-body.ts";

/** Replies to whatever a route threw: `{"error": sentence}` or the protocol's own form, with its HTTP status. */
export function refuse(
  error: FastifyError | StudioError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const refusal = asRefusal(error);
  if (refusal.code === "INTERNAL") request.log.error(error);
  return reply
    .code(statusOf(error) ?? refusal.status)
    .headers({ "cache-control": "no-store", ...refusalHeaders(refusal, request.url) })
    .send(refusalBody(request.url, refusal));
}

/** Headers of a refusal: how to authenticate, when to try again, which methods are allowed. */
export function refusalHeaders(error: StudioError, url: string): Record<string, string> {
  const { status, code, details } = error;
  const { seconds, allowed } = details;
  if (code === "KEY_REFUSED" || code === "KEY_INSUFFICIENT") {
    return { "www-authenticate": challenges(error, url).join(", ") };
  }
  if (code === "METHOD_REFUSED") return { allow: String(allowed).replaceAll(" or ", ", ") };
  if (status !== 503 || typeof seconds !== "number") return {};
  return { "retry-after": String(Math.max(1, Math.ceil(seconds))) };
}

const REALM = 'realm="darkroom"';

/** As in RFC 6750; A1111's API also accepts a key as a password. */
function challenges({ code, details }: StudioError, url: string): readonly string[] {
  if (code === "KEY_INSUFFICIENT") {
    return [`Bearer ${REALM}, error="insufficient_scope", scope="${details["scope"]}"`];
  }
  // A request without any key gets no error parameter.
  const error = details["reason"] === NO_KEY ? "" : ', error="invalid_token"';
  const basic = url.startsWith("/sdapi/") ? [`Basic ${REALM}, charset="UTF-8"`] : [];
  return [`Bearer ${REALM}${error}`, ...basic];
}

/** The sentence for a client. */
export function sentenceOf(error: unknown): string {
  return errorReply(asRefusal(error)).body.error;
}

/** A refusal for clients: hides unexpected errors and local paths. */
export function asRefusal(error: unknown): StudioError {
  if (error instanceof StudioError)
    return new StudioError(error.code, withoutFolders(error.details));
  const status = statusOf(error);
  if (status === undefined) return new StudioError("INTERNAL", { reason: "an unexpected error" });
  const reason = error instanceof Error ? error.message : "it is not sound";
  return new StudioError("REQUEST_INVALID", { field: "The request", value: "read", reason });
}

/** The status of fastify's own refusals. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || error instanceof StudioError) return undefined;
  const status: unknown = "statusCode" in error ? error.statusCode : undefined;
  return typeof status === "number" && status >= 400 && status < 500 ? status : undefined;
}

function withoutFolders(details: Details): Details {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === "string" && /^(?:\/|[A-Za-z]:\\).*[\\/]/.test(value) && name === "path"
        ? `…/${value.split(/[\\/]/).at(-1) ?? ""}`
        : value,
    ]),
  );
}
