import { ORPCError, ValidationError } from "@orpc/server";
import { StudioError, toWire } from "../contract/errors.ts";
import { invalidInput } from "../contract/invalid-input.ts";
import { os } from "./implementer.ts";

/** Takes what went wrong and is none of the refusals: for the log, with its stack. */
export type LogError = (error: unknown, doing: string) => void;

/**
 * Around every procedure: what is thrown leaves as one of the table's refusals. Their wire form is an
 * ORPCError with the refusal's code, status and message, and its details as data.
 */
export function refusals(logError: LogError) {
  return os.middleware(async ({ next, path, signal }) => {
    try {
      return await next();
    } catch (error) {
      const known = refusalOf(error);
      // Nobody made a mistake where the asker has gone.
      if (known === undefined && signal?.aborted !== true) logError(error, path.join("."));
      throw onTheWire(known ?? error);
    }
  });
}

/** The refusal that an error is or stands for; undefined where it is a mistake of ours. */
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
