import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { type StudioError, type RefusalCode, toWire } from "../contract/errors.ts";
import type { RefusalReply } from "../http/replies.ts";
import { asRefusal, refusalHeaders } from "../serving/routes/refuse.ts";

/** A refusal as TorchServe writes one. */
export interface TorchServeError {
  readonly code: number;
  readonly type: string;
  readonly message: string;
}

/** TorchServe's exception for each refusal, and its HTTP status if that differs from ours. */
const TYPES: Partial<Record<RefusalCode, readonly [type: string, status?: number]>> = {
  VERSION_UNKNOWN: ["ModelVersionNotFoundException"],
  METHOD_REFUSED: ["MethodNotAllowedException"],
  QUEUE_FULL: ["ServiceUnavailableException"],
  MODEL_NOT_SERVED: ["ServiceUnavailableException"],
  SERVER_CLOSING: ["ServiceUnavailableException"],
  TIMED_OUT: ["InternalServerException"],
  KEY_REFUSED: ["InvalidKeyException", 400],
  KEY_INSUFFICIENT: ["InvalidKeyException", 400],
  BODY_TOO_LARGE: ["RequestEntityTooLargeException"],
  STATE_CONFLICT: ["ConflictStatusException", 409],
  OUT_OF_MEMORY: ["InternalServerException", 507],
};

const UNKNOWN_ADDRESS = "Requested resource is not found, please refer to API document.";

/** A refusal in TorchServe's form: in its words if something was not found, otherwise in ours. */
export function torchServeError(refusal: StudioError): TorchServeError {
  const { details, code: own } = refusal;
  const { message } = toWire(refusal);
  const [what, id] = [details["what"], String(details["id"])];
  if (own === "ADDRESS_UNKNOWN" || (own === "NOT_FOUND" && what === "page")) {
    return { code: 404, type: "ResourceNotFoundException", message: UNKNOWN_ADDRESS };
  }
  if (own === "NOT_FOUND" && what === "model") {
    return { code: 404, type: "ModelNotFoundException", message: `Model not found: ${id}` };
  }
  if (own === "NOT_FOUND" && what === "archive") {
    return { code: 404, type: "ModelNotFoundException", message: `Model not found at: ${id}` };
  }
  if (own === "VERSION_UNKNOWN") {
    const words = `Model version: ${details["version"]} does not exist for model: ${details["model"]}`;
    return { code: 404, type: "ModelVersionNotFoundException", message: words };
  }
  const [type, status] = TYPES[own] ?? [];
  const code = status ?? refusal.status;
  return { code, type: type ?? usualType(code), message };
}

function usualType(code: number): string {
  return code < 500 ? "BadRequestException" : "InternalServerException";
}

/** Replies to an error that one of TorchServe's routes threw. */
export function refuseAsTorchServe(
  error: FastifyError | StudioError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const refusal = asRefusal(error);
  if (refusal.code === "INTERNAL") request.log.error(error);
  const { body, headers } = gateRefusal(refusal);
  return reply
    .code(body.code)
    .headers({ ...NOT_KEPT, ...headers })
    .send(body);
}

/** The same for a request that the gate refuses. */
export function gateRefusal(
  refusal: StudioError,
): RefusalReply & { readonly body: TorchServeError } {
  const body = torchServeError(refusal);
  // TorchServe refuses a key with 400 and without a challenge.
  const { "www-authenticate": _, ...headers } = refusalHeaders(refusal, "");
  return { status: body.code, body, headers };
}

/** Headers that TorchServe sends with every reply. */
export const NOT_KEPT = {
  pragma: "no-cache",
  "cache-control": "no-cache; no-store, must-revalidate, private",
  expires: "Thu, 01 Jan 1970 00:00:00 UTC",
} as const;
