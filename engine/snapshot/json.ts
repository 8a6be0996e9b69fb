import { StudioError } from "../contract/errors.ts";

/** A JSON object from a file: its values are not validated. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The text of a config file. Refuses what is not UTF-8; drops a byte order mark. */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new StudioError("CONFIG_INVALID", { file, reason: "it is not UTF-8 text" }, { cause });
  }
}

/** The object that a config file must contain. */
export function parseObject(text: string, file: string): JsonObject {
  const value = parse(text, file);
  if (!isObject(value)) {
    throw new StudioError("CONFIG_INVALID", { file, reason: "it is not a JSON object" });
  }
  return value;
}

function parse(text: string, file: string): unknown {
  try {
    return parsePythonJson(text);
  } catch (cause) {
    throw new StudioError("CONFIG_INVALID", { file, reason: notJson(text) }, { cause });
  }
}

/** A whole string (or the rest of the text, if it is not closed), or a bare word that JSON does not have. */
const STRING_OR_BARE = /"[^"\\]*(?:\\[^][^"\\]*)*(?:"|$)|\bNaN\b|-?\bInfinity\b/g;

/** Replaces NaN until the text is parsed; no string in a config looks like it. */
const NAN = "\u0000NaN";

/**
 * Parses JSON as Python's json module reads and writes it: with the bare words NaN, Infinity and -Infinity. Throws
 * SyntaxError for anything else that is not JSON.
 */
export function parsePythonJson(text: string): unknown {
  if (!/NaN|Infinity/.test(text)) return JSON.parse(text);
  const strict = text.replaceAll(STRING_OR_BARE, (found) => {
    if (found.startsWith('"')) return found;
    if (found.endsWith("NaN")) return JSON.stringify(NAN);
    return found.replace("Infinity", "1e999"); // which JSON.parse reads as Infinity
  });
  return JSON.parse(strict, (_, value: unknown) => (value === NAN ? Number.NaN : value));
}

/** A whole string, or a comma before a closing bracket. */
const STRING_OR_LAST_COMMA = /"[^"\\]*(?:\\[^][^"\\]*)*(?:"|$)|,(?=\s*[}\]])/g;

/** What is wrong with a text that is not JSON; for the most common fault, a trailing comma, with its line. */
export function notJson(text: string): string {
  const comma = text.matchAll(STRING_OR_LAST_COMMA).find(([found]) => found === ",");
  if (comma === undefined) return "it is not JSON";
  const line = text.slice(0, comma.index).split("\n").length;
  return `it is not JSON: on line ${line} a comma has nothing after it`;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A string or value from a foreign file, quoted and shortened for a message. */
export function quote(value: unknown): string {
  const isBare = typeof value === "number" && !Number.isFinite(value);
  const text = isBare ? String(value) : (JSON.stringify(value) ?? "nothing");
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

export interface JsonLimits {
  readonly depth: number;
  /** Maximum number of keys, commas and brackets. */
  readonly marks: number;
}

/**
 * Finds what must be refused before JSON.parse sees the text: a key that occurs twice in one object (JSON.parse would
 * silently keep the last), or nesting and length beyond the limits. Gives the reason, or undefined. It does not check
 * that the text is JSON at all.
 */
export function jsonFault(text: string, limits: JsonLimits): string | undefined {
  const open: Set<string>[] = [];
  let count = 0;
  for (const mark of marks(text)) {
    const keys = open.at(-1);
    if (mark === "{" || mark === "[") open.push(new Set());
    else if (mark === "}" || mark === "]") open.pop();
    else if (mark !== ",") {
      if (keys?.has(mark)) return `the key ${quote(mark.slice(1))} is there twice`;
      keys?.add(mark);
    }
    if (open.length > limits.depth) return `brackets are nested deeper than ${limits.depth}`;
    if (++count > limits.marks)
      return `there are more than ${limits.marks} keys, commas and brackets`;
  }
  return undefined;
}

/** Yields the brackets and commas of a JSON text, and its keys with a quotation mark in front. */
function* marks(text: string): Generator<string> {
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if ("{}[],".includes(character)) yield character;
    if (character !== '"') continue;
    const end = closingQuote(text, at);
    const key = keyAt(text, at, end);
    if (key !== undefined) yield `"${key}`;
    at = end;
  }
}

/** The end of the string that starts at `start`, or of the text if it is not closed. */
function closingQuote(text: string, start: number): number {
  let end = start;
  do {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
  } while (isEscaped(text, end));
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}

/** The string from `start` to `end` if a colon makes it a key, with its escapes resolved. */
function keyAt(text: string, start: number, end: number): string | undefined {
  let next = end + 1;
  while (next < text.length && " \t\n\r".includes(text.charAt(next))) next++;
  if (text[next] !== ":") return undefined;
  const literal = text.slice(start, end + 1);
  if (!literal.includes("\\")) return literal.slice(1, -1);
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}
