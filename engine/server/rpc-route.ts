import { onError, ORPCError, type AnyRouter } from "@orpc/server";
import { RPCHandler } from "@orpc/server/fastify";
import type { FastifyInstance } from "fastify";
import { StudioError } from "../contract/errors.ts";

/** Interval of the comments that keep a quiet event stream open through proxies. */
const KEEP_ALIVE_MS = 5000;

/** `POST /rpc/…`: the contract. An event stream ends when its reader disconnects. */
export function rpcRoute(app: FastifyInstance, router: AnyRouter): void {
  const handler = new RPCHandler(router, {
    eventIteratorKeepAliveInterval: KEEP_ALIVE_MS,
    interceptors: [
      onError((error) => {
        if (isOurMistake(error)) app.log.error(causeOf(error));
      }),
    ],
  });
  app.post("/rpc/*", async (request, reply) => {
    const { matched } = await handler.handle(request, reply, { prefix: "/rpc", context: {} });
    if (matched) return reply;
    const [id = ""] = request.url.split("?", 1);
    throw new StudioError("NOT_FOUND", { what: "procedure", id });
  });
}

function isOurMistake(error: unknown): boolean {
  return !(error instanceof ORPCError) || error.status === 500;
}

/** The original error, which the wire form does not contain. */
function causeOf(error: unknown): unknown {
  return error instanceof ORPCError ? (error.cause ?? error) : error;
}
