import { ORPCError, ValidationError } from "@orpc/server";
import { StudioError, toWire } from "../contract/errors.ts";
import { invalidInput } from "../contract/invalid-input.ts";
import { os } from "./implementer.ts";

/** Logs errors that are not refusals, with their stack. */
export type LogError = (error: unknown, doing: string) => void;

/**
 * Wraps every procedure: whatever is thrown becomes a refusal, sent as an ORPCError with the refusal's code, status and
 * message, and its details as data.
 */
export function refusals(logError: LogError) {
  return os.middleware(async ({ next, path, signal }) => {
    try {
      return await next();
    } catch (error) {
      const known = refusalOf(error);
      // If the client is gone, it is not an error.
      if (known === undefined && signal?.aborted !== true) logError(error, path.join("."));
      throw onTheWire(known ?? error);
    }
  });
}

/** The refusal that an error is or represents; undefined for errors of ours. */
function refusalOf(error: unknown): StudioError | undefined {
  if (error instanceof StudioError) return error;
  const isInput = error instanceof ORPCError && error.code === "BAD_REQUEST";
  if (!isInput || !(error.cause instanceof ValidationError)) return undefined;
  return invalidInput(error.cause.issues, error.cause.data, { cause: error });
}

function onTheWire(error: unknown): ORPCError<string, unknown> {
  const { code, message, details } = toWire(error);
  const status = error instanceof StudioError ? error.status : 500;
  return new ORPCError(code, { status, message, data: details });
}
