import type { ServerResponse } from "node:http";
import { toWire, type StudioError } from "../contract/errors.ts";

/** Every reply carries these; pages and pictures set their own policy beside them. */
export const COMMON_HEADERS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
} as const;

/**
 * How a door answers where it refuses: a sentence, the code and what a program may read. Calls of the
 * contract get oRPC's form of it besides, so that their client finds the refusal itself.
 */
export function refusalBody(error: StudioError, path: string): object {
  const { code, message, details } = toWire(error);
  const plain = { error: message, code, details };
  if (!path.startsWith("/rpc/")) return plain;
  const { status } = error;
  return { ...plain, json: { defined: false, code, status, message, data: details } };
}

/** Refuses a request without reading on: whatever else it sends is dropped with its connection. */
export function refuse(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    connection: "close",
  });
  response.end(text);
}
