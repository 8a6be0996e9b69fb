import { StudioError } from "../contract/errors.ts";
import { withScheme } from "../contract/loopback.ts";

/**
 * Parses an endpoint as entered: with a scheme, and without a trailing slash. A path stays, since some services have
 * one. Refuses as REQUEST_INVALID.
 */
export function readEndpoint(text: string): URL {
  const url = URL.parse(withScheme(text));
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw refused("it is not an http or https address");
  }
  if (url.username !== "" || url.password !== "") {
    throw refused("keys belong in their own fields, not into the address");
  }
  url.search = "";
  url.hash = "";
  url.pathname = url.pathname.replace(/\/+$/, "");
  return url;
}

function refused(reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The endpoint", value: "this", reason });
}

const AWS_HOST = /^s3(?:[.-](?<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com$/;

/** Whether an address is AWS's, where each region has its own and the path style is being retired. */
export function isAws({ hostname }: URL): boolean {
  return AWS_HOST.test(hostname);
}

/** The region in an AWS address. */
export function regionOf({ hostname }: URL): string | undefined {
  return AWS_HOST.exec(hostname)?.groups?.["region"];
}

/** AWS's address for a region. */
export function awsEndpoint(region: string): string {
  return `https://s3.${region}.amazonaws.com`;
}
