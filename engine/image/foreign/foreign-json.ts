export type Json = Readonly<Record<string, unknown>>;

/**
 * Parses another program's JSON object; undefined if it is anything else. Integers that are too large to be exact, such
 * as 64-bit seeds, become strings. NaN and Infinity, which Python writes although JSON does not have them, become null.
 */
export function parseObject(text: string): Json | undefined {
  const value = parse(text) ?? parse(text.replaceAll(STRING_OR_BARE, nullForBare));
  return isObject(value) ? value : undefined;
}

/** A whole string, which can contain these words, or a bare word; never backtracks over the same text twice. */
const STRING_OR_BARE = /"[^"\\]*(?:\\[^][^"\\]*)*\\?(?:"|$)|-?\b(?:NaN|Infinity)\b/g;

function nullForBare(found: string): string {
  return found.startsWith('"') ? found : "null";
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A seed in a record's form: programs write it as a number or as a string. */
export function seedOf(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" ? value.trim() : undefined;
}

/** A number that is written as a number or as a string. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** A model's name without folders and extension, which also identifies it elsewhere. */
export function modelName(file: unknown): string | undefined {
  if (typeof file !== "string") return undefined;
  return /[^/\\]*$/.exec(file)?.[0].replace(/\.(?:safetensors|ckpt|pt|pth|bin|gguf)$/i, "");
}

/** Width and height in texts such as `768x512` and `(768, 512)`. */
export function sizeOf(text: unknown): { readonly width?: number; readonly height?: number } {
  if (typeof text !== "string") return {};
  const [, width, height] = /^\(?(\d{1,5})(?:x|, ?)(\d{1,5})\)?$/.exec(text) ?? [];
  return width === undefined ? {} : { width: Number(width), height: Number(height) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text, keepDigits);
  } catch {
    // Not JSON, or nested too deeply for the stack.
    return undefined;
  }
}

/** The third argument is not in TypeScript's types yet. */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isExact = typeof value !== "number" || Number.isSafeInteger(value);
  const source = context?.source ?? "";
  return !isExact && /^\d+$/.test(source) ? source : value;
}
