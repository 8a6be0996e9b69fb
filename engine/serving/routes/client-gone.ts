import type { FastifyReply } from "fastify";

/**
 * Aborts if a request's client disconnects before the reply was sent completely; to be called before anything is
 * awaited.
 */
export function clientGone({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  if (raw.destroyed) controller.abort();
  raw.once("close", () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
