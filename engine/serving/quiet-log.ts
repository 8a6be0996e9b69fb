import type { FastifyBaseLogger } from "fastify";

const silent = (): void => {};

/** A log for a listener that contains only internal errors. */
export function quietLog(logError: (error: unknown, doing: string) => void): FastifyBaseLogger {
  const told = (error: unknown): void => {
    // A client that disconnected is not an error.
    if (!isAbort(error)) logError(error, "serving a request");
  };
  const log: FastifyBaseLogger = {
    level: "error",
    silent,
    trace: silent,
    debug: silent,
    info: silent,
    warn: silent,
    error: told,
    fatal: told,
    child: () => log,
  };
  return log;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
