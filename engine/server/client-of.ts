import { createRouterClient, onError, ORPCError, type Router } from "@orpc/server";
import { fromWire } from "../contract/errors.ts";
import type { contract } from "../contract/contract.ts";
import type { StudioClient } from "../contract/studio-client.ts";

/** The contract, implemented; its procedures need no context. */
export type StudioRouter = Router<typeof contract, Record<never, never>>;

/** A studio of this process as everybody else sees it: through its contract, refusals as themselves. */
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
