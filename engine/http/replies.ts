import type { ServerResponse } from "node:http";
import type { StudioError } from "../contract/errors.ts";

/** Every reply carries these; pages and pictures set their own policy beside them. */
export const COMMON_HEADERS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
} as const;

/** Without a charset, which JSON has none of: KServe's SDK takes nothing else for JSON. */
export const JSON_TYPE = "application/json";

/** Why a request goes no further, and the HTTP status that says so. */
export interface Rejection {
  readonly status: number;
  readonly error: StudioError;
}

/** How a listener says a refusal: its JSON, and the headers that go with it. */
export interface RefusalReply {
  /** Where it is another than the refusal's own. */
  readonly status?: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Refuses a request without reading on: whatever else it sends is dropped with its connection. */
export function refuse(
  response: ServerResponse,
  status: number,
  { body, headers }: RefusalReply,
): void {
  const text = JSON.stringify(body);
  // A page that the gate has allowed may read why.
  const policy = response.getHeader("cross-origin-resource-policy");
  response.writeHead(status, {
    ...COMMON_HEADERS,
    "content-type": JSON_TYPE,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    connection: "close",
    ...(policy !== undefined && { "cross-origin-resource-policy": policy }),
    ...headers,
  });
  response.end(text);
}
