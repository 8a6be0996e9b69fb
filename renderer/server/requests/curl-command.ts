import type { Exchange } from "../../../engine/contract/server.ts";
import { shellQuoted } from "../snippets/quote.ts";
import { KEY_HEADER } from "../snippets/snippets.ts";

/** Headers that curl adds itself, or that must not be sent twice. */
const OWN_HEADERS = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "accept-encoding",
  "expect",
  "user-agent",
  "authorization",
  "cookie",
]);

/** The file for a body that is not text, or of which only the beginning was kept. */
export const BODY_FILE = "request.bin";

/** Whether a body is complete, exactly as it was sent. */
export function isWhole({ text, sizeBytes, isCut }: Exchange["requestBody"]): boolean {
  // A command's argument cannot contain a NUL character.
  return !isCut && !text.includes("\0") && new TextEncoder().encode(text).length === sizeBytes;
}

/** A curl command that repeats the request; it reads the key from the environment. */
export function curlCommand(exchange: Exchange, origin: string): string {
  const { method, path, requestHeaders, requestBody, keyName } = exchange;
  const names = new Set(Object.keys(requestHeaders).map((name) => name.toLowerCase()));
  const hasKey = keyName !== undefined || names.has("authorization");
  const headers = Object.entries(requestHeaders).filter(
    ([name, value]) => !OWN_HEADERS.has(name.toLowerCase()) && !isUsual(name, value),
  );
  return [
    // Takes brackets and braces in the address literally.
    `curl --globoff ${methodFlags(method, requestBody.sizeBytes)}${shellQuoted(origin + path)}`,
    ...(names.has("accept-encoding") ? ["--compressed"] : []),
    ...(hasKey ? [`-H ${KEY_HEADER}`] : []),
    ...headers.map(([name, value]) => `-H ${shellQuoted(`${name}: ${value}`)}`),
    // Without this header, curl would declare a form.
    ...(requestBody.sizeBytes > 0 && !names.has("content-type") ? ["-H 'Content-Type:'"] : []),
    ...bodyFlags(requestBody),
  ].join(" \\\n  ");
}

function methodFlags(method: string, bodyBytes: number): string {
  if (method === "HEAD") return "--head ";
  const usual = bodyBytes > 0 ? "POST" : "GET";
  return method === usual ? "" : `-X ${/^[A-Z]+$/.test(method) ? method : shellQuoted(method)} `;
}

function bodyFlags(body: Exchange["requestBody"]): string[] {
  const { text, sizeBytes } = body;
  if (sizeBytes === 0) return [];
  if (!isWhole(body)) return [`--data-binary @${BODY_FILE}`];
  // curl reads a file if the data starts with @.
  return [`--data-raw ${shellQuoted(text)}`];
}

function isUsual(name: string, value: string): boolean {
  return name.toLowerCase() === "accept" && value === "*/*";
}
