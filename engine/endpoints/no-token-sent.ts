import type { EndpointCheck } from "../contract/endpoints.ts";
import { fromWire, StudioError, toWire } from "../contract/errors.ts";

/** The refusal of a request that had no token, which cannot have been wrong or out of date; others as they are. */
export function noTokenSent(error: unknown): unknown {
  return error instanceof StudioError ? named(error) : error;
}

/** The same for what a look came to. */
export function checkWithNoToken(check: EndpointCheck): EndpointCheck {
  const error = check.error && fromWire(check.error);
  return error === undefined ? check : { ...check, error: toWire(named(error)) };
}

function named(error: StudioError): StudioError {
  if (error.code !== "ENDPOINT_TOKEN_REFUSED") return error;
  const reason = `none was sent (${String(error.details["reason"])})`;
  return new StudioError("ENDPOINT_TOKEN_REFUSED", { reason });
}
