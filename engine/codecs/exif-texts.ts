import exifReader from "exifreader";
import { fromLatin1 } from "../image/bytes.ts";

/** A longer text is not about a picture. */
const MAX_BYTES = 1 << 20;

/** sharp puts this in front of the EXIF data, which are a TIFF without a picture. */
const PREFIX = "Exif\0\0";

/** The texts in EXIF where studios write how a picture was made. */
export interface ExifTexts {
  /** UserComment: used by A1111, Fooocus and Draw Things. */
  readonly comment?: string;
  /** ComfyUI's graph, which is stored under Model. */
  readonly graph?: string;
  /** The program that saved the picture. */
  readonly software?: string;
}

/** The texts in a picture's EXIF; none if it is damaged or too large. */
export function readExifTexts(exif: Uint8Array): ExifTexts {
  if (exif.length > MAX_BYTES) return {};
  const start = fromLatin1(exif.subarray(0, PREFIX.length)) === PREFIX ? PREFIX.length : 0;
  // A copy is needed: a Buffer's slice shares memory with other data.
  const tags = readTags(Uint8Array.from(exif.subarray(start)));
  const comment = textOf(tags.UserComment);
  const [, graph] = /^prompt:([^]+)$/.exec(textOf(tags.Model) ?? "") ?? [];
  const software = textOf(tags.Software);
  return {
    ...(comment && { comment }),
    ...(graph !== undefined && { graph }),
    ...(software && { software }),
  };
}

interface Tags {
  readonly UserComment?: unknown;
  readonly Model?: unknown;
  readonly Software?: unknown;
}

function readTags(tiff: Uint8Array<ArrayBuffer>): Tags {
  try {
    // Node sees no named exports: the package is CommonJS.
    // oxlint-disable-next-line import/no-named-as-default-member
    return exifReader.load(tiff.buffer, { expanded: true }).exif ?? {};
  } catch {
    return {};
  }
}

/** The text of a tag: bytes with an encoding mark, or an array with one ASCII text. */
function textOf(tag: unknown): string | undefined {
  const value = typeof tag === "object" && tag !== null && "value" in tag ? tag.value : undefined;
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return undefined;
  if (value.every((item) => typeof item === "number")) return decode(Uint8Array.from(value));
  return value.every((item) => typeof item === "string") ? value.join("") : undefined;
}

/** Decodes text after an eight-byte mark of its encoding; the bytes themselves are the better evidence. */
function decode(bytes: Uint8Array): string {
  const mark = fromLatin1(bytes.subarray(0, 8)).replaceAll("\0", "").trimEnd();
  const text = bytes.subarray(8);
  if (mark === "UNICODE") return trim(decodeUnicode(text));
  if (mark === "JIS") return trim(decodeJis(text));
  return trim(decodeLoose(["ASCII", ""].includes(mark) ? text : bytes));
}

/** UTF-16 or, as in EXIF 3, UTF-8, where no byte of a text is zero. */
function decodeUnicode(bytes: Uint8Array): string {
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const isUtf8 = !bytes.subarray(0, end).includes(0);
  return (isUtf8 ? decodeAs("utf-8", bytes) : undefined) ?? decodeUtf16(bytes);
}

/** EXIF does not define the byte order, and programs differ: the high bytes are the ones that are mostly zero. */
function decodeUtf16(bytes: Uint8Array): string {
  const zeros = [0, 0];
  for (const [i, byte] of bytes.entries()) if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const [first, second] = bytes;
  const isMarkedBig = first === 0xfe && second === 0xff;
  // `big` on a tie: A1111's piexif writes it, and so do cameras.
  const isLittle = !isMarkedBig && ((first === 0xff && second === 0xfe) || odd > even);
  return new TextDecoder(isLittle ? "utf-16le" : "utf-16be").decode(bytes);
}

/** JIS by its escapes, as the mark says; some programs write Shift JIS there. */
function decodeJis(bytes: Uint8Array): string {
  const encodings = bytes.includes(0x1b) ? ["iso-2022-jp"] : ["utf-8", "shift_jis"];
  const found = encodings.map((encoding) => decodeAs(encoding, bytes));
  return found.find((text) => text !== undefined) ?? fromLatin1(bytes);
}

/** UTF-8 whatever the mark says, otherwise Latin-1. */
function decodeLoose(bytes: Uint8Array): string {
  return decodeAs("utf-8", bytes) ?? fromLatin1(bytes);
}

function decodeAs(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function trim(text: string): string {
  return text.replace(/\0[^]*$/, "");
}
