import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { type Details, StudioError } from "../../contract/errors.ts";
import { errorReply } from "../../kserve/server/server-messages.ts";
import { refusalBody } from "./refusal-body.ts";

/** Answers whatever a route threw: `{"error": sentence}`, or as its protocol has it, and the status that goes with it. */
export function refuse(
  error: FastifyError | StudioError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const refusal = asRefusal(error);
  if (refusal.code === "INTERNAL") request.log.error(error);
  return reply
    .code(statusOf(error) ?? refusal.status)
    .headers({ "cache-control": "no-store", ...refusalHeaders(refusal) })
    .send(refusalBody(request.url, refusal));
}

/** What HTTP has a header for: how to prove who one is, when to come back, what else may be asked. */
export function refusalHeaders({ status, code, details }: StudioError): Record<string, string> {
  const { seconds, allowed } = details;
  if (status === 401) return { "www-authenticate": "Bearer" };
  if (code === "METHOD_REFUSED") return { allow: String(allowed).replaceAll(" or ", ", ") };
  if (status !== 503 || typeof seconds !== "number") return {};
  return { "retry-after": String(Math.max(1, Math.ceil(seconds))) };
}

/** The one sentence that a client is told. */
export function sentenceOf(error: unknown): string {
  return errorReply(asRefusal(error)).body.error;
}

/** A refusal that may leave this machine: hides unexpected errors and local paths. */
export function asRefusal(error: unknown): StudioError {
  if (error instanceof StudioError)
    return new StudioError(error.code, withoutFolders(error.details));
  const status = statusOf(error);
  if (status === undefined) return new StudioError("INTERNAL", { reason: "an unexpected error" });
  const reason = error instanceof Error ? error.message : "it is not sound";
  return new StudioError("REQUEST_INVALID", { field: "The request", value: "read", reason });
}

/** The status of fastify's own refusals of a request. */
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
