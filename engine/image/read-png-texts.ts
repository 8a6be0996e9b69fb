import { crc32 } from "node:zlib";
import { StudioError } from "../contract/errors.ts";
import { fromLatin1 } from "./bytes.ts";
import { decodeText, isTextType, PngDamage, splitText } from "./png-text.ts";
import { PNG_SIGNATURE } from "./png.ts";

/** A picture of 8192 x 8192 in libpng's chunks of 8 KiB has 24,600. */
const MAX_CHUNKS = 65_536;
const MAX_TEXTS = 256;
/** Bytes of one text, and of all of them, once inflated. */
const MAX_TEXT_BYTES = 1 << 20;
const MAX_TOTAL_BYTES = 4 << 20;

export interface ReadOptions {
  /** What an error calls the picture. */
  readonly file?: string;
  /** The keywords wanted; texts under others are passed over unread. All, where absent. */
  readonly only?: readonly string[];
}

/**
 * The texts of a PNG by keyword; of several under one keyword the last counts. The picture itself
 * is not looked at: where the file is damaged after its picture began, the texts in front of the
 * picture are the answer. Damage before that is IMAGE_UNREADABLE.
 */
export function readPngTexts(
  bytes: Uint8Array,
  { file = "The file", only }: ReadOptions = {},
): ReadonlyMap<string, string> {
  const found = new Texts(only);
  let pictureBegan = false;
  try {
    for (const chunk of chunksOf(bytes)) {
      pictureBegan ||= chunk.type === "IDAT";
      found.take(chunk);
    }
  } catch (error) {
    if (!(error instanceof PngDamage)) throw error;
    if (!pictureBegan) throw new StudioError("IMAGE_UNREADABLE", { file, reason: error.message });
  }
  return found.byKeyword;
}

interface Chunk {
  readonly type: string;
  readonly length: number;
  readonly body: Uint8Array;
  readonly isSound: () => boolean;
}

/** The texts met so far, within the limits. */
class Texts {
  readonly byKeyword = new Map<string, string>();
  readonly #only: readonly string[] | undefined;
  #count = 0;
  #bytesLeft = MAX_TOTAL_BYTES;

  constructor(only: readonly string[] | undefined) {
    this.#only = only;
  }

  take({ type, body, isSound }: Chunk): void {
    if (!isTextType(type)) return;
    const split = splitText({ type, body });
    if (this.#only?.includes(split.keyword) === false) return;
    if (!isSound()) throw new PngDamage(`its text "${split.keyword}" has a wrong checksum`);
    if (++this.#count > MAX_TEXTS) throw new PngDamage(`it has more than ${MAX_TEXTS} texts`);
    const { text, sizeBytes } = decodeText(split, Math.min(MAX_TEXT_BYTES, this.#bytesLeft));
    this.#bytesLeft -= sizeBytes;
    this.byKeyword.set(split.keyword, text);
  }
}

/** The chunks up to the end of the picture, as views on the file; what follows is not PNG's. */
function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  if (PNG_SIGNATURE.some((byte, at) => bytes[at] !== byte)) throw new PngDamage("it is not a PNG");
  let at = PNG_SIGNATURE.length;
  for (let count = 1; count <= MAX_CHUNKS; count++) {
    const chunk = chunkAt(bytes, at);
    if ((chunk.type === "IHDR") !== (count === 1)) {
      throw new PngDamage("its header is not its first chunk");
    }
    if (chunk.type === "IEND") return;
    yield chunk;
    at += 12 + chunk.length;
  }
  throw new PngDamage(`it has more than ${MAX_CHUNKS} chunks`);
}

function chunkAt(bytes: Uint8Array, at: number): Chunk {
  const left = bytes.length - at - 12;
  if (left < 0) throw new PngDamage("it ends early");
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  const length = view.getUint32(0);
  const type = fromLatin1(bytes.subarray(at + 4, at + 8));
  if (!/^[A-Za-z]{4}$/.test(type)) throw new PngDamage("one of its chunks has no proper type");
  // A picture cut short has begun all the same; what would follow it is missed at the next chunk.
  if (length > left && type !== "IDAT") {
    throw new PngDamage(`its chunk ${type} reaches past its end`);
  }
  return {
    type,
    length,
    body: bytes.subarray(at + 8, at + 8 + length),
    isSound: () => crc32(bytes.subarray(at + 4, at + 8 + length)) === view.getUint32(8 + length),
  };
}
