import { StudioError } from "../../contract/errors.ts";
import { type Chunk, chunksOf, PngDamage } from "./png-chunks.ts";
import { decodeText, isTextType, splitText } from "./png-text.ts";

const MAX_TEXTS = 256;
/** Maximum bytes of one text, and of all texts, after decompression. */
const MAX_TEXT_BYTES = 1 << 20;
const MAX_TOTAL_BYTES = 4 << 20;

export interface ReadOptions {
  /** The picture's name in errors. */
  readonly file?: string;
  /** The keywords to read; others are skipped. All if absent. */
  readonly only?: readonly string[];
}

/**
 * The texts in a PNG by keyword; the last one with a keyword counts. A text that is too long counts as absent, and so
 * does a damaged one if there are others. Image data are not examined: if the file is damaged after they begin, the
 * texts before them are returned. Damage before that, or in the only texts, is IMAGE_UNREADABLE.
 */
export function readPngTexts(
  bytes: Uint8Array,
  { file = "The file", only }: ReadOptions = {},
): ReadonlyMap<string, string> {
  const found = new Texts(only);
  let damage: PngDamage | undefined;
  let pictureBegan = false;
  try {
    for (const chunk of chunksOf(bytes)) {
      pictureBegan ||= chunk.type === "IDAT";
      const fault = faultOf(() => found.take(chunk));
      if (!pictureBegan) damage ??= fault;
    }
  } catch (error) {
    if (!(error instanceof PngDamage)) throw error;
    if (!pictureBegan) throw unreadable(file, error);
  }
  if (damage !== undefined && found.byKeyword.size === 0) throw unreadable(file, damage);
  return found.byKeyword;
}

function faultOf(work: () => void): PngDamage | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof PngDamage) return error;
    throw error;
  }
}

function unreadable(file: string, { message }: PngDamage): StudioError {
  return new StudioError("IMAGE_UNREADABLE", { file, reason: message });
}

/** Collects texts within the limits. */
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
    if (this.#count++ >= MAX_TEXTS) return;
    if (!isSound()) throw new PngDamage(`its text "${split.keyword}" has a wrong checksum`);
    const decoded = decodeText(split, Math.min(MAX_TEXT_BYTES, this.#bytesLeft));
    if (decoded === undefined) return;
    this.#bytesLeft -= decoded.sizeBytes;
    this.byKeyword.set(split.keyword, decoded.text);
  }
}
