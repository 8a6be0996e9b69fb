import exifReader from "exifreader";
import { fromLatin1 } from "../image/bytes.ts";

/** More than this is no text about a picture. */
const MAX_BYTES = 1 << 20;

/** What sharp leaves in front of EXIF's own bytes, which are a TIFF without a picture. */
const PREFIX = "Exif\0\0";

/** The texts of EXIF in which studios tell how a picture was made. */
export interface ExifTexts {
  /** UserComment: of A1111, Fooocus and Draw Things. */
  readonly comment?: string;
  /** ComfyUI's graph, which it puts under Model. */
  readonly graph?: string;
}

/** The texts in a picture's EXIF; none where it is damaged or beyond any reason. */
export function readExifTexts(exif: Uint8Array): ExifTexts {
  if (exif.length > MAX_BYTES) return {};
  const start = fromLatin1(exif.subarray(0, PREFIX.length)) === PREFIX ? PREFIX.length : 0;
  // A copy: Buffer's own slice is none, and its memory holds other things.
  const tags = readTags(Uint8Array.from(exif.subarray(start)));
  const comment = textOf(tags.UserComment);
  const [, graph] = /^prompt:([^]+)$/.exec(textOf(tags.Model) ?? "") ?? [];
  return { ...(comment && { comment }), ...(graph !== undefined && { graph }) };
}

interface Tags {
  readonly UserComment?: unknown;
  readonly Model?: unknown;
}

function readTags(tiff: Uint8Array<ArrayBuffer>): Tags {
  try {
    // Its named exports are none to Node: the package is CommonJS.
    // oxlint-disable-next-line import/no-named-as-default-member
    return exifReader.load(tiff.buffer, { expanded: true }).exif ?? {};
  } catch {
    return {};
  }
}

/** The text of a tag: bytes that say their encoding in front, or an array of one ASCII text. */
function textOf(tag: unknown): string | undefined {
  const value = typeof tag === "object" && tag !== null && "value" in tag ? tag.value : undefined;
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return undefined;
  if (value.every((item) => typeof item === "number")) return decode(Uint8Array.from(value));
  return value.every((item) => typeof item === "string") ? value.join("") : undefined;
}

function decode(bytes: Uint8Array): string {
  const code = fromLatin1(bytes.subarray(0, 8)).replaceAll("\0", "").trimEnd();
  const text = bytes.subarray(8);
  if (code === "UNICODE") return decodeUtf16(text);
  return decodeUtf8(["ASCII", ""].includes(code) ? text : bytes);
}

/** EXIF does not say in which order the bytes come, and programs differ: the high ones are mostly zero. */
function decodeUtf16(bytes: Uint8Array): string {
  const zeros = [0, 0];
  for (const [i, byte] of bytes.entries()) if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  // `big` on a tie: A1111's piexif writes it, and so do cameras.
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe ? true : odd > even;
  return trim(new TextDecoder(isLittle ? "utf-16le" : "utf-16be").decode(bytes));
}

function decodeUtf8(bytes: Uint8Array): string {
  return trim(new TextDecoder().decode(bytes));
}

function trim(text: string): string {
  return text.replace(/\0[^]*$/, "");
}
