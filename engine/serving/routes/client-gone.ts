import type { FastifyReply } from "fastify";

/** Fires when a request's client is gone before its reply was sent as a whole; asked for before anything is awaited. */
export function clientGone({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  if (raw.destroyed) controller.abort();
  raw.once("close", () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
