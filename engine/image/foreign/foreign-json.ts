export type Json = Readonly<Record<string, unknown>>;

/**
 * The object that another program wrote as JSON; undefined where it is something else. Whole numbers too
 * large to be exact, as seeds of 64 bits are, become texts of their digits. NaN and Infinity, which
 * Python writes and JSON does not know, become null.
 */
export function parseObject(text: string): Json | undefined {
  const value = parse(text) ?? parse(text.replaceAll(STRING_OR_BARE, nullForBare));
  return isObject(value) ? value : undefined;
}

/** A whole string, which may hold the words too, or a bare word; it never fails at a place twice. */
const STRING_OR_BARE = /"[^"\\]*(?:\\[^][^"\\]*)*\\?(?:"|$)|-?\b(?:NaN|Infinity)\b/g;

function nullForBare(found: string): string {
  return found.startsWith('"') ? found : "null";
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A seed as records have it: programs write it as a number or as digits. */
export function seedOf(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" ? value.trim() : undefined;
}

/** A number that a program wrote as one or as its digits. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** A model's name without its folders and its ending: what names a model elsewhere, too. */
export function modelName(file: unknown): string | undefined {
  if (typeof file !== "string") return undefined;
  return /[^/\\]*$/.exec(file)?.[0].replace(/\.(?:safetensors|ckpt|pt|pth|bin|gguf)$/i, "");
}

/** Width and height in texts like `768x512` and `(768, 512)`. */
export function sizeOf(text: unknown): { readonly width?: number; readonly height?: number } {
  if (typeof text !== "string") return {};
  const [, width, height] = /^\(?(\d{1,5})(?:x|, ?)(\d{1,5})\)?$/.exec(text) ?? [];
  return width === undefined ? {} : { width: Number(width), height: Number(height) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text, keepDigits);
  } catch {
    // No JSON, or nested deeper than the stack.
    return undefined;
  }
}

/** The third argument is newer than TypeScript's own types. */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isExact = typeof value !== "number" || Number.isSafeInteger(value);
  const source = context?.source ?? "";
  return !isExact && /^\d+$/.test(source) ? source : value;
}
