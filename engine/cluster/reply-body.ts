import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { invalidReply } from "./cluster-refusal.ts";

/** An object of JSON, of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

/** The members of a list as the API replies it. */
export function itemsOf({ items }: Json): readonly unknown[] {
  return Array.isArray(items) ? items : [];
}

/** An object of Kubernetes has 1.5 MiB at the most, which is etcd's limit. */
const MAX_LINE_BYTES = 4 << 20;
const MAX_WARNINGS = 50;

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object of JSON; undefined of anything else. */
export function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A body as far as it may be long: what is longer is refused, or cut. */
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
    // One that is cut off calls that an error, which is nobody's news.
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
  // readline does not hand on what its stream dies of.
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});
  body.once("error", reject);
  yield* lines;
  if (body.errored !== null) await failed;
}

/** The texts of `299 - "text"` headers (RFC 7234, 5.5). */
export function warningsIn(header: string | readonly string[] | undefined): string[] {
  const text = typeof header === "string" ? header : (header ?? []).join(", ");
  return [...text.matchAll(/\b\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)]
    .slice(0, MAX_WARNINGS)
    .map(([, words = ""]) => words.replaceAll(/\\(.)/g, "$1").slice(0, 1000));
}
