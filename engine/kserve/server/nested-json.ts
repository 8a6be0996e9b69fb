import type { ByteSource } from "../wire/encoded-message.ts";
import { nearestDecimal } from "../wire/nearest-decimal.ts";

const ASCII = new TextEncoder();

/** Characters that are written at once. */
const WORD = 4;

/**
 * The text for each of a byte's 256 values. Texts are stored and written four characters at a time, as little-endian
 * words; what is written beyond a text's length is overwritten by what follows.
 */
export interface ByteTexts {
  /** Words per text. */
  readonly width: number;
  readonly words: Uint32Array;
  /** Length of each text in characters. */
  readonly lengths: Uint8Array;
}

/** The decimal numbers 0 to 255. */
export const DECIMALS = byteTexts((byte) => String(byte));

/** Shares of 1 as float32: the shortest decimals that convert back to the same float32. */
export const SHARES = byteTexts((byte) => String(nearestDecimal(Math.fround(byte / 255))));

function byteTexts(textOf: (byte: number) => string): ByteTexts {
  const texts = Array.from({ length: 256 }, (_, byte) => textOf(byte));
  const width = Math.ceil(Math.max(...texts.map(({ length }) => length)) / WORD);
  const letters = ASCII.encode(texts.map((text) => text.padEnd(width * WORD)).join(""));
  const lengths = Uint8Array.from(texts, ({ length }) => length);
  return { width, words: new Uint32Array(letters.slice().buffer), lengths };
}

/** Elements per chunk: at most half a megabyte of text. */
const CHUNK_ELEMENTS = 32_768;

const COMMA = 0x2c;

/**
 * The elements of a tensor of bytes as JSON, nested as the shape says, written directly as bytes: a picture never
 * becomes arrays or a string. The size is computed first, for Content-Length. There is at least one element; an empty
 * shape gives a list without its brackets.
 */
export function nestedJson(
  values: Uint8Array,
  shape: readonly number[],
  texts: ByteTexts,
): ByteSource {
  const grid = new Grid(values, shape, texts);
  return {
    sizeBytes: grid.sizeBytes(),
    chunks: {
      *[Symbol.iterator]() {
        for (let start = 0; start < values.length; start += CHUNK_ELEMENTS) {
          yield grid.chunk(start, Math.min(values.length, start + CHUNK_ELEMENTS));
        }
      },
    },
  };
}

class Grid {
  readonly #values: Uint8Array;
  readonly #shape: readonly number[];
  readonly #texts: ByteTexts;
  /** Length of the innermost arrays. */
  readonly #inner: number;
  readonly #start: Uint8Array;
  readonly #end: Uint8Array;
  /** The text between two elements, by the number of arrays that end and begin there. */
  readonly #between: readonly Uint8Array[];

  constructor(values: Uint8Array, shape: readonly number[], texts: ByteTexts) {
    this.#values = values;
    this.#shape = shape;
    this.#texts = texts;
    this.#inner = shape.at(-1) ?? values.length;
    this.#start = ASCII.encode("[".repeat(shape.length));
    this.#end = ASCII.encode("]".repeat(shape.length));
    this.#between = shape.map((_, levels) =>
      ASCII.encode(`${"]".repeat(levels)},${"[".repeat(levels)}`),
    );
  }

  sizeBytes(): number {
    const { lengths } = this.#texts;
    const values = this.#values;
    let letters = 0;
    for (let i = 0; i < values.length; i++) letters += lengths[values[i] ?? 0] ?? 0;
    let arrays = 0;
    let level = 1;
    for (const length of this.#shape) {
      arrays += level;
      level *= length;
    }
    // Two brackets per array, and a comma between consecutive elements.
    return letters + 2 * arrays + values.length - 1;
  }

  /** The elements from `start` to `end`, each with the brackets and the comma before it. */
  chunk(start: number, end: number): Uint8Array {
    const { width, words, lengths } = this.#texts;
    const values = this.#values;
    const inner = this.#inner;
    const out = new Uint8Array(this.#bound(end - start));
    const view = new DataView(out.buffer);
    let at = 0;
    let column = start % inner;
    for (let i = start; i < end; i++) {
      if (column === 0) at = append(out, at, this.#before(i));
      else out[at++] = COMMA;
      if (++column === inner) column = 0;
      const byte = values[i] ?? 0;
      for (let j = 0; j < width; j++) {
        view.setUint32(at + j * WORD, words[byte * width + j] ?? 0, true);
      }
      at += lengths[byte] ?? 0;
    }
    if (end === values.length) at = append(out, at, this.#end);
    return out.subarray(0, at);
  }

  #bound(elements: number): number {
    const rows = Math.ceil(elements / this.#inner) + 2;
    return elements * (this.#texts.width * WORD + 1) + rows * 2 * this.#shape.length;
  }

  /** The brackets of arrays that end before element `i` and of those that begin with it. */
  #before(i: number): Uint8Array {
    if (i === 0) return this.#start;
    let levels = 1;
    let size = this.#inner;
    for (let axis = this.#shape.length - 2; axis > 0; axis--) {
      size *= this.#shape[axis] ?? 1;
      if (i % size !== 0) break;
      levels++;
    }
    return this.#between[levels] ?? this.#start;
  }
}

function append(out: Uint8Array, at: number, letters: Uint8Array): number {
  for (let i = 0; i < letters.length; i++) out[at + i] = letters[i] ?? 0;
  return at + letters.length;
}
