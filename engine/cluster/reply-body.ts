import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { invalidReply } from "./cluster-refusal.ts";

/** A JSON object that has not been validated. */
export type Json = Readonly<Record<string, unknown>>;

/** The items of a list in the API's reply. */
export function itemsOf({ items }: Json): readonly unknown[] {
  return Array.isArray(items) ? items : [];
}

/** A Kubernetes object has at most 1.5 MiB, which is etcd's limit. */
const MAX_LINE_BYTES = 4 << 20;
const MAX_WARNINGS = 50;

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A JSON object; undefined for anything else. */
export function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A body up to a maximum length; a longer one is refused, or cut off. */
export async function readBody(
  body: Readable,
  maxBytes: number,
  over: "refuse" | "cut",
  host: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > maxBytes && over === "refuse") throw invalidReply(host, "it is too long");
      chunks.push(chunk);
      if (size > maxBytes) break;
    }
  } finally {
    // A body that is cut off emits an error, which is of no interest.
    body.on("error", () => {});
    body.destroy();
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

/** The lines of a stream, none longer than an object can be. */
export async function* linesOf(body: Readable, host: string): AsyncGenerator<string> {
  let bytes = 0;
  body.on("data", (chunk: Uint8Array) => {
    const end = chunk.lastIndexOf(10);
    bytes = end === -1 ? bytes + chunk.length : chunk.length - end;
    if (bytes > MAX_LINE_BYTES) body.destroy(invalidReply(host, "a line of it is too long"));
  });
  const lines = createInterface(body);
  // readline does not forward its stream's errors.
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});
  body.once("error", reject);
  yield* lines;
  if (body.errored !== null) await failed;
}

/** The texts in `299 - "text"` headers (RFC 7234, 5.5). */
export function warningsIn(header: string | readonly string[] | undefined): string[] {
  const text = typeof header === "string" ? header : (header ?? []).join(", ");
  return [...text.matchAll(/\b\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)]
    .slice(0, MAX_WARNINGS)
    .map(([, words = ""]) => words.replaceAll(/\\(.)/g, "$1").slice(0, 1000));
}
