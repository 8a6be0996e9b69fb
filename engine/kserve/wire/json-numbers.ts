import { type JsonScanner, unreadable } from "./json-scanner.ts";

export const OPEN = 0x5b;
export const CLOSE = 0x5d;
export const COMMA = 0x2c;

/**
 * A JSON array that consists only of numbers, or of arrays of them that form a full grid, row-major. A picture of 1.8
 * million values takes 14 MB in this form, and ten times that as nested arrays.
 */
export class NumberArray {
  readonly shape: readonly number[];
  readonly values: Float64Array;

  constructor(shape: readonly number[], values: Float64Array) {
    this.shape = shape;
    this.values = values;
  }

  /** The items of the outermost array. */
  items(): readonly (number | NumberArray)[] {
    const [length = 0, ...inner] = this.shape;
    if (inner.length === 0) return [...this.values];
    const size = this.values.length / length;
    return Array.from({ length }, (_, i) => {
      return new NumberArray(inner, this.values.subarray(i * size, (i + 1) * size));
    });
  }
}

/** Whether an array starts here with a number, after at most `maxRank` brackets. */
export function startsWithNumber(scanner: JsonScanner, maxRank: number): boolean {
  const start = scanner.at;
  let rank = 0;
  while (rank < maxRank && scanner.take(OPEN)) rank++;
  const byte = scanner.next();
  scanner.at = start;
  return byte === 0x2d || (byte >= 0x30 && byte <= 0x39);
}

/**
 * Reads an array that consists only of numbers, at most `limit` of them. If it is not a full grid, or contains integers
 * that a double cannot represent, returns undefined and reads nothing.
 */
export function takeNumbers(scanner: JsonScanner, limit: number): NumberArray | undefined {
  const start = scanner.at;
  const grid = new GridReader(scanner, limit);
  const numbers = grid.read();
  if (numbers === undefined) scanner.at = start;
  return numbers;
}

class GridReader {
  readonly #scanner: JsonScanner;
  readonly #limit: number;
  /** The length of arrays at each level, known once the first of them has ended. */
  readonly #shape: number[] = [];
  /** The number of items so far in the open array of each level. */
  readonly #lengths: number[] = [];
  #values = new Float64Array(64);
  #count = 0;

  constructor(scanner: JsonScanner, limit: number) {
    this.#scanner = scanner;
    this.#limit = limit;
  }

  read(): NumberArray | undefined {
    while (this.#scanner.take(OPEN)) this.#lengths.push(0);
    const rank = this.#lengths.length;
    let level = rank - 1;
    for (;;) {
      if (!this.#takeNumber()) return undefined;
      this.#lengths[level] = (this.#lengths[level] ?? 0) + 1;
      while (this.#scanner.take(CLOSE)) {
        if (!this.#close(level)) return undefined;
        if (level === 0) return new NumberArray(this.#shape, this.#values.slice(0, this.#count));
        level--;
      }
      if (!this.#scanner.take(COMMA)) return undefined;
      while (level < rank - 1) {
        if (!this.#scanner.take(OPEN)) return undefined;
        level++;
      }
    }
  }

  #takeNumber(): boolean {
    this.#scanner.next();
    const value = this.#scanner.number();
    if (typeof value !== "number") return false;
    if (this.#count === this.#values.length) this.#grow();
    this.#values[this.#count++] = value;
    return true;
  }

  #grow(): void {
    if (this.#count >= this.#limit)
      throw unreadable(`it holds more than ${this.#limit} numbers`, "size");
    const larger = new Float64Array(this.#count * 2);
    larger.set(this.#values);
    this.#values = larger;
  }

  /** Ends the open array of a level; false if its length differs from the others at that level. */
  #close(level: number): boolean {
    const length = this.#lengths[level] ?? 0;
    if ((this.#shape[level] ??= length) !== length) return false;
    this.#lengths[level] = 0;
    if (level > 0) this.#lengths[level - 1] = (this.#lengths[level - 1] ?? 0) + 1;
    return true;
  }
}
