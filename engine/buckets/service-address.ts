import { StudioError } from "../contract/errors.ts";

/**
 * An endpoint as it was entered, with a scheme and without a slash at its end. A path stays: some
 * services have one. Refuses as REQUEST_INVALID.
 */
export function readEndpoint(text: string): URL {
  const trimmed = text.trim();
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(trimmed) ? trimmed : assumed(trimmed));
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw refused("it is no address of http or https");
  }
  if (url.username !== "" || url.password !== "") {
    throw refused("keys belong in their own fields, not into the address");
  }
  url.search = "";
  url.hash = "";
  url.pathname = url.pathname.replace(/\/+$/, "");
  return url;
}

/** Without a scheme https is meant, but on this machine, where nobody has certificates. */
function assumed(address: string): string {
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])([:/]|$)/i.test(address);
  return `${isHere ? "http" : "https"}://${address}`;
}

function refused(reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The endpoint", value: "this", reason });
}

const AWS_HOST = /^s3(?:[.-](?<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com$/;

/** Whether an address is of AWS itself, where each region has its own and the path style is ending. */
export function isAws({ hostname }: URL): boolean {
  return AWS_HOST.test(hostname);
}

/** The region that an address of AWS names. */
export function regionOf({ hostname }: URL): string | undefined {
  return AWS_HOST.exec(hostname)?.groups?.["region"];
}

/** AWS's address for a region. */
export function awsEndpoint(region: string): string {
  return `https://s3.${region}.amazonaws.com`;
}
