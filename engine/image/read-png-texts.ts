import { StudioError } from "../contract/errors.ts";
import { type Chunk, chunksOf, PngDamage } from "./png-chunks.ts";
import { decodeText, isTextType, splitText } from "./png-text.ts";

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
