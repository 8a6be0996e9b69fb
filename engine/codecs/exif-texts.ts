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
  /** The program that saved the picture. */
  readonly software?: string;
}

/** The texts in a picture's EXIF; none where it is damaged or beyond any reason. */
export function readExifTexts(exif: Uint8Array): ExifTexts {
  if (exif.length > MAX_BYTES) return {};
  const start = fromLatin1(exif.subarray(0, PREFIX.length)) === PREFIX ? PREFIX.length : 0;
  // A copy: Buffer's own slice is none, and its memory holds other things.
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

/** The text behind a mark of eight bytes that names its encoding; which it truly is its bytes tell better. */
function decode(bytes: Uint8Array): string {
  const mark = fromLatin1(bytes.subarray(0, 8)).replaceAll("\0", "").trimEnd();
  const text = bytes.subarray(8);
  if (mark === "UNICODE") return trim(decodeUnicode(text));
  if (mark === "JIS") return trim(decodeJis(text));
  return trim(decodeLoose(["ASCII", ""].includes(mark) ? text : bytes));
}

/** UTF-16 or, as EXIF 3 has it, UTF-8, in which no byte of a text is zero. */
function decodeUnicode(bytes: Uint8Array): string {
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const isUtf8 = !bytes.subarray(0, end).includes(0);
  return (isUtf8 ? decodeAs("utf-8", bytes) : undefined) ?? decodeUtf16(bytes);
}

/** EXIF does not say in which order the bytes come, and programs differ: the high ones are mostly zero. */
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

/** JIS by its escapes, as the mark means; programs have written Shift JIS there, too. */
function decodeJis(bytes: Uint8Array): string {
  const encodings = bytes.includes(0x1b) ? ["iso-2022-jp"] : ["utf-8", "shift_jis"];
  const found = encodings.map((encoding) => decodeAs(encoding, bytes));
  return found.find((text) => text !== undefined) ?? fromLatin1(bytes);
}

/** UTF-8, whatever the mark says, or else Latin-1. */
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
