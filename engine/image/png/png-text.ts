import { inflateSync } from "node:zlib";
import { concatBytes, fromLatin1, toLatin1 } from "../bytes.ts";
import { chunksOf, encodeChunk, joinChunks, PngDamage } from "./png-chunks.ts";

type TextType = "tEXt" | "zTXt" | "iTXt";

/** A text chunk in a file. */
export interface TextChunk {
  readonly type: TextType;
  readonly body: Uint8Array;
}

/** The parts of a text chunk; its text is still encoded. */
export interface SplitText {
  readonly keyword: string;
  readonly text: Uint8Array;
  readonly isCompressed: boolean;
  readonly isUtf8: boolean;
}

/** Whether chunks of this type contain text with a keyword. */
export function isTextType(type: string): type is TextType {
  return type === "tEXt" || type === "zTXt" || type === "iTXt";
}

const MAX_KEYWORD = 79; // PNG 3, section 11.3.3.2

/** Printable Latin-1 and line breaks: what tEXt can contain. */
const LATIN_1 = /^[\n\x20-\x7e\xa0-\xff]*$/;

/**
 * A text with a keyword: as tEXt, which every reader supports, if Latin-1 suffices, else as iTXt in UTF-8. PNG texts
 * cannot contain NUL, nor UTF-8 lone surrogates: both become U+FFFD.
 */
function encodeText(keyword: string, text: string): TextChunk {
  if (keyword.length > MAX_KEYWORD || !/^[\x21-\x7e]+$/.test(keyword)) {
    throw new RangeError(`"${keyword}" cannot be the keyword of a PNG text`);
  }
  const key = toLatin1(`${keyword}\0`);
  const latin1 = LATIN_1.test(text) ? toLatin1(text) : undefined;
  if (latin1 !== undefined && decodeLoose(latin1) === text) {
    return { type: "tEXt", body: concatBytes(key, latin1) };
  }
  const utf8 = new TextEncoder().encode(text.replaceAll("\0", "\uFFFD"));
  const uncompressedNoLanguage = new Uint8Array(4);
  return { type: "iTXt", body: concatBytes(key, uncompressedNoLanguage, utf8) };
}

/**
 * Adds texts by keyword in front of the image data, where even a truncated file still has them. Everything else is
 * unchanged. Throws PngDamage.
 */
export function addPngTexts(png: Uint8Array, texts: ReadonlyMap<string, string>): Uint8Array {
  const encoded = Array.from(texts, ([keyword, text]) => {
    const { type, body } = encodeText(keyword, text);
    return encodeChunk(type, body);
  });
  const chunks = [...chunksOf(png)];
  const at = chunks.findIndex(({ type }) => type === "IDAT");
  if (at < 0) throw new PngDamage("it holds no picture");
  const wholes = chunks.map(({ whole }) => whole);
  return joinChunks(wholes.toSpliced(at, 0, ...encoded));
}

/** Splits a text chunk into its parts. Throws PngDamage. */
export function splitText({ type, body }: TextChunk): SplitText {
  const end = body.subarray(0, MAX_KEYWORD + 1).indexOf(0);
  if (end < 1) throw new PngDamage("one of its texts has no keyword");
  const keyword = fromLatin1(body.subarray(0, end));
  const rest = body.subarray(end + 1);
  if (type === "tEXt") return { keyword, text: rest, isCompressed: false, isUtf8: false };
  if (type === "zTXt") {
    return { keyword, text: rest.subarray(1), isCompressed: true, isUtf8: false };
  }
  const afterLanguage = rest.indexOf(0, 2) + 1;
  const afterTranslation = rest.indexOf(0, afterLanguage) + 1;
  if (afterLanguage === 0 || afterTranslation === 0) {
    throw new PngDamage(`its text "${keyword}" is cut short`);
  }
  const isCompressed = rest[0] !== 0;
  return { keyword, text: rest.subarray(afterTranslation), isCompressed, isUtf8: true };
}

/** The decoded text and its decompressed size; undefined above `limit` bytes. Throws PngDamage. */
export function decodeText(
  split: SplitText,
  limit: number,
): { readonly text: string; readonly sizeBytes: number } | undefined {
  const bytes = split.isCompressed ? inflate(split, limit) : split.text;
  if (bytes === undefined || bytes.length > limit) return undefined;
  const text = split.isUtf8 ? decodeUtf8(bytes) : decodeLoose(bytes);
  return { text, sizeBytes: bytes.length };
}

function inflate({ keyword, text }: SplitText, limit: number): Uint8Array | undefined {
  try {
    return inflateSync(text, { maxOutputLength: Math.max(1, limit) });
  } catch (error) {
    // zlib's own errors are of class Error; a RangeError means that the limit was reached.
    if (error instanceof RangeError) return undefined;
    throw new PngDamage(`its text "${keyword}" cannot be inflated`, { cause: error });
  }
}

/**
 * The text of a tEXt or zTXt chunk. By the standard it is Latin-1, but several programs write UTF-8; Latin-1 that
 * happens to be valid UTF-8 ("Ã©") is so rare that such bytes count as UTF-8.
 */
function decodeLoose(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes, { fatal: true });
  } catch {
    return fromLatin1(bytes);
  }
}

function decodeUtf8(bytes: Uint8Array, { fatal = false } = {}): string {
  return new TextDecoder("utf-8", { fatal, ignoreBOM: true }).decode(bytes);
}
