import { createORPCClient, onError } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { asFailure, isAbort } from "./failure.ts";

/** The client of the studio at this page's origin. The desktop window needs no token. */
export function connectToStudio(token: string | undefined): StudioClient {
  const link = new RPCLink({
    url: `${location.origin}/rpc`,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    interceptors: [
      onError((error) => {
        throw isAbort(error) ? error : asFailure(error);
      }),
    ],
  });
  return createORPCClient(link);
}
