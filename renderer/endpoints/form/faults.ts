import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { isLoopback } from "../../../engine/contract/loopback.ts";
import { addressOf, type Draft, type Header } from "./draft.ts";

const MAX_TOKEN = 20_000;
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]{1,100}$/;

/** Why each field cannot be saved as it is, as the name of an error text. */
export interface Faults {
  readonly url?: "urlEmpty" | "url" | "urlUser" | undefined;
  readonly token?: "tokenLong" | "overHttp" | undefined;
}

export function faultsOf(draft: Draft, endpoint: Endpoint | undefined): Faults {
  const url = urlFault(draft);
  const isTokenSent = draft.token !== "" || (endpoint?.hasToken === true && !willForget(draft));
  if (draft.token.length > MAX_TOKEN) return { url, token: "tokenLong" };
  return isTokenSent && isOpenToOthers(draft) && !draft.isTokenOverHttp
    ? { url, token: "overHttp" }
    : { url };
}

function willForget({ isTokenForgotten, token }: Draft): boolean {
  return isTokenForgotten && token === "";
}

/** gRPC uses http as well; URL gives its scheme no origin. */
function urlOf(draft: Draft): URL | null {
  return URL.parse(addressOf(draft).replace(/^grpc(s?):/i, "http$1:"));
}

function urlFault(draft: Draft): Faults["url"] {
  const address = addressOf(draft);
  if (address === "") return "urlEmpty";
  const url = urlOf(draft);
  if (url === null || !/^https?:$/.test(url.protocol)) return "url";
  return url.username === "" && url.password === "" ? undefined : "urlUser";
}

/** Whether a draft uses https: only then is there a certificate. */
export function isHttps(draft: Draft): boolean {
  return urlOf(draft)?.protocol === "https:";
}

/** Whether others could read what is sent on its way to another machine. */
export function isOpenToOthers(draft: Draft): boolean {
  const url = urlOf(draft);
  return url?.protocol === "http:" && !isLoopback(url.hostname);
}

/** Whether the saved token would be dropped because it belongs to another origin. */
export function leavesToken(draft: Draft, endpoint: Endpoint | undefined): boolean {
  if (endpoint?.hasToken !== true) return false;
  const url = urlOf(draft);
  return url !== null && url.origin !== endpoint.origin;
}

export function headerFault({ name, value }: Header): "headerName" | "headerEmpty" | undefined {
  if (!HEADER_NAME.test(name)) return "headerName";
  return value === "" ? "headerEmpty" : undefined;
}

export function isSound(draft: Draft, endpoint: Endpoint | undefined): boolean {
  const { url, token } = faultsOf(draft, endpoint);
  const hasBadHeader = draft.headers?.some((header) => headerFault(header) !== undefined) === true;
  return url === undefined && token === undefined && !hasBadHeader;
}
