import { StudioError } from "../contract/errors.ts";
import { isLoopback } from "../contract/loopback.ts";

/**
 * Parses the address of a cluster's API as entered: without a trailing slash, and https if it has no scheme. A path
 * stays, since some clusters have one. Refuses as REQUEST_INVALID an invalid or unencrypted address.
 */
export function readAddress(text: string): string {
  const trimmed = text.trim();
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw refused("enter one that starts with https://");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw refused("it must end with its port or path, and hold no name, password or query");
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw refused("anyone on the network path could read the token; use https");
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function refused(reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The API's address", value: "this", reason });
}
