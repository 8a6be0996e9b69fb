import { StudioError } from "../contract/errors.ts";

/** A header that a person wants sent with every request. */
export interface ExtraHeader {
  readonly name: string;
  readonly value: string;
}

/** Headers that the client or the connection sets, or that have a setting of their own. */
const RESERVED = new Set([
  "accept",
  "accept-encoding",
  "authorization",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "http2-settings",
  "inference-header-content-length",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Limit for all of them together, so that every vault can store them. */
const MAX_BYTES = 16_384;

/** The headers to send. Refuses as REQUEST_INVALID, without repeating a value. */
export function checkHeaders(headers: readonly ExtraHeader[]): readonly ExtraHeader[] {
  const names = headers.map(({ name }) => name.toLowerCase());
  for (const [i, { name, value }] of headers.entries()) {
    const lower = name.toLowerCase();
    if (lower === "authorization") throw refused(name, "enter the token by itself");
    if (RESERVED.has(lower)) throw refused(name, "the client sets it itself");
    if (names.indexOf(lower) !== i) throw refused(name, "it is there already");
    if (!/^[\x20-\x7e]*$/.test(value)) {
      throw refused(name, "its value has more than letters, digits, signs and spaces");
    }
  }
  const bytes = headers.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  if (bytes > MAX_BYTES) throw refused("as long as these", `the limit is ${MAX_BYTES} bytes`);
  return headers;
}

function refused(value: string, reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "A header", value, reason });
}
