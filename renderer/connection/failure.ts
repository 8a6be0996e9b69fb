import { ORPCError } from "@orpc/client";
import { fromWire, StudioError } from "../../engine/contract/errors.ts";

/** The studio did not answer: it has stopped, or the connection is down. */
export class ConnectionLost extends Error {
  constructor(options?: ErrorOptions) {
    super("Darkroom does not respond. If it was closed, start it again.", options);
    this.name = "ConnectionLost";
  }
}

export type Failure = StudioError | ConnectionLost;

/** Whether the studio does not recognise this browser, so that only a new address helps. */
export function isLockedOut(failure: Failure): boolean {
  return failure instanceof StudioError && failure.code === "TOKEN_REFUSED";
}

/** Converts anything that a call throws: a refusal with its code, or a lost connection. */
export function asFailure(error: unknown): Failure {
  if (error instanceof StudioError || error instanceof ConnectionLost) return error;
  if (!(error instanceof ORPCError)) return new ConnectionLost({ cause: error });
  const { code, message, status } = error;
  const data: unknown = error.data;
  const known = fromWire({ code, message, details: data ?? {} }) ?? fromWire(data);
  if (known !== undefined) return known;
  // The gate in front of the contract answers with a bare status.
  if (status === 401) return new StudioError("TOKEN_REFUSED", { reason: message });
  if (status === 403) return new StudioError("ADDRESS_REFUSED", { reason: message });
  return new StudioError("INTERNAL", { reason: message });
}

/** A refusal of a value names the field as the page does; others stay as they are. */
export function labelled(failure: Failure, labelOf: (field: string) => string): Failure {
  if (!(failure instanceof StudioError) || failure.code !== "REQUEST_INVALID") return failure;
  const { field, ...details } = failure.details;
  if (typeof field !== "string") return failure;
  return new StudioError(failure.code, { ...details, field: labelOf(field) }, { cause: failure });
}

/** Whether an error only means that a call was aborted. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
