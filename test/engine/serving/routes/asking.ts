import { request } from "undici";
import { expect } from "vitest";
import { faultsOf } from "./document-check.ts";
import type { MessageBody } from "../../../../engine/kserve/wire/framing.ts";

/** A reply exactly as received, not decompressed. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  /** Undefined if the body is not JSON. */
  readonly json: unknown;
}

/** Sends exactly what it is given. The reply must match the server's own OpenAPI document. */
export async function ask(
  url: string,
  method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE" = "GET",
  { body, headers = {} }: { body?: string | Uint8Array; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const reply = await request(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const bytes = Buffer.from(await reply.body.arrayBuffer());
  const answer = { status: reply.statusCode, headers: reply.headers, bytes, json: jsonOf(bytes) };
  const { pathname } = new URL(url);
  if (method !== "HEAD") expect(faultsOf(`${method} ${pathname}`, answer)).toEqual([]);
  return answer;
}

/** Posts JSON. */
export function postJson(url: string, message: unknown, headers = {}): Promise<Answer> {
  const body = typeof message === "string" ? message : JSON.stringify(message);
  return ask(url, "POST", { body, headers: { "content-type": "application/json", ...headers } });
}

/** Posts JSON followed by binary tensors. */
export function postBinary(
  url: string,
  { bytes, headerLength }: MessageBody,
  headers = {},
): Promise<Answer> {
  return ask(url, "POST", {
    body: bytes,
    headers: {
      "content-type": "application/octet-stream",
      ...(headerLength === undefined ? {} : { "inference-header-content-length": headerLength }),
      ...headers,
    },
  });
}

/** The JSON of a body; undefined if it is not JSON. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  } catch {
    return undefined;
  }
}

/** The only content of a refusal. */
export const REFUSED = { error: expect.any(String) as string };
