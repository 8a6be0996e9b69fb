import { get, isPassing, persist, readBody, refuseStatus } from "../download/http.ts";
import { authorizationFor, httpOf, unreachable, type HubAccess } from "./hub-access.ts";

/** A page of a listing has up to a thousand files, each some 300 bytes. */
const MAX_BODY_BYTES = 8 << 20;
/** A listing whose pages never end is no listing. */
const MAX_REQUESTS = 20;
/** What the library reads of an answer beside its body. */
const HEADERS = ["content-type", "link", "x-request-id", "x-error-code"];

/**
 * The fetch that @huggingface/hub is handed: with our patience, limits and redirects, and with the
 * token for the hub's own origin alone. (The library would send it wherever the next page is said to
 * be, and takes tokens of the public hub only.)
 */
export function libraryFetch(access: HubAccess, signal?: AbortSignal): typeof globalThis.fetch {
  let requests = 0;
  return async (input) => {
    const url = input instanceof Request ? input.url : String(input);
    if (++requests > MAX_REQUESTS) throw unreachable(access, "its listing does not end");
    const failed = (_: string, reason: string) => unreachable(access, reason);
    const http = httpOf(access, { signal, failed });
    return persist(url, http, async () => {
      const asked = { accept: "application/json", ...authorizationFor(url, access) };
      const reply = await get(url, asked, http);
      const { status } = reply;
      if (isPassing(status) || status < 200 || [204, 205, 304].includes(status)) {
        return refuseStatus(url, reply, http);
      }
      const body = await readBody(url, reply, MAX_BODY_BYTES, http);
      const headers = new Headers();
      for (const name of HEADERS) headers.set(name, reply.headers.get(name) ?? "");
      return new Response(body, { status, headers });
    });
  };
}
