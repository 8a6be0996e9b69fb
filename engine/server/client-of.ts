import { createRouterClient, onError, ORPCError, type Router } from "@orpc/server";
import { fromWire } from "../contract/errors.ts";
import type { contract } from "../contract/contract.ts";
import type { StudioClient } from "../contract/studio-client.ts";

/** The implemented contract; its procedures need no context. */
export type StudioRouter = Router<typeof contract, Record<never, never>>;

/** A client for a studio in this process; refusals are thrown unchanged. */
export function clientOf(router: StudioRouter): StudioClient {
  return createRouterClient(router, {
    interceptors: [
      onError((error) => {
        if (!(error instanceof ORPCError)) throw error;
        throw fromWire({ code: error.code, message: error.message, details: error.data }) ?? error;
      }),
    ],
  });
}
