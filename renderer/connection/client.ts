import { createORPCClient, onError } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { asFailure, isAbort, labelled } from "./failure.ts";

/**
 * The client of the studio at this page's origin. The desktop window needs no token. `labelOf` gives the page's label
 * for a field that a refusal names.
 */
export function connectToStudio(
  token: string | undefined,
  labelOf: (field: string) => string,
): StudioClient {
  const link = new RPCLink({
    url: `${location.origin}/rpc`,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    fetch: (request, init, _options, path) =>
      fetch(request, { ...init, keepalive: outlivesThePage(path) }),
    interceptors: [
      onError((error) => {
        throw isAbort(error) ? error : labelled(asFailure(error), labelOf);
      }),
    ],
  });
  return createORPCClient(link);
}

/** A page that is being closed still saves its form. Others end with it: a browser sends at most 64 KiB in this way. */
function outlivesThePage(path: readonly string[]): boolean {
  return path.join(".") === "settings.writeForm" && document.visibilityState === "hidden";
}
