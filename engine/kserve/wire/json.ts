import { CLOSE, COMMA, NumberArray, OPEN, startsWithNumber, takeNumbers } from "./json-numbers.ts";
import { JsonScanner, unreadable } from "./json-scanner.ts";
import { quote } from "./message-fault.ts";

/** A JSON value from outside: objects are maps, and arrays of numbers are dense. */
export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | NumberArray
  | readonly Json[]
  | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

/** Limits of a message; each is checked before memory is allocated. */
export interface JsonLimits {
  /** Maximum nesting of brackets. */
  readonly depth: number;
  /** Values and keys outside dense arrays. */
  readonly values: number;
  /** Numbers in dense arrays. */
  readonly numbers: number;
}

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const QUOTE = 0x22;
const COLON = 0x3a;

/**
 * The JSON value at the start of `bytes`, and where it ends. JSON.parse lacks four things: limits are checked before
 * memory is allocated, 64-bit integers keep their digits, a picture as nested arrays is read directly into one typed
 * array, and other bytes may follow the text. A leading byte order mark, as PowerShell writes it, is ignored (RFC 8259,
 * 8.1). Throws MessageFault.
 */
export function readJson(bytes: Uint8Array, limits: JsonLimits): { value: Json; end: number } {
  const scanner = new JsonScanner(bytes);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) scanner.at = 3;
  if (isUtf16(bytes)) throw unreadable("it is text in UTF-16, and JSON is UTF-8");
  if (scanner.next() === 0 && scanner.at >= bytes.length) throw unreadable("it is empty");
  const value = new JsonReader(scanner, limits).value(0, false);
  return { value, end: scanner.at };
}

/** Whether a text starts with UTF-16's byte order mark, or an ASCII character in UTF-16. */
function isUtf16([first, second, third]: Uint8Array): boolean {
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return isMarked || (second === 0 && first !== 0 && third !== 0 && third !== undefined);
}

/** Whether a value is an array, dense or not. */
export function isList(value: Json | undefined): value is NumberArray | readonly Json[] {
  return Array.isArray(value) || value instanceof NumberArray;
}

/** The items of an array; any other value counts as a single item. */
export function itemsOf(value: Json): readonly Json[] {
  if (value instanceof NumberArray) return value.items();
  return isPlainList(value) ? value : [value];
}

/** The value as JSON.parse would return it, except that 64-bit integers keep their digits. */
export function plainOf(value: Json | undefined): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([name, member]) => [name, plainOf(member)]));
  }
  return isList(value) ? itemsOf(value).map(plainOf) : value;
}

/** The number of items in an array, without allocating them. */
export function lengthOf(list: NumberArray | readonly Json[]): number {
  return list instanceof NumberArray ? (list.shape[0] ?? 0) : list.length;
}

function isPlainList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** A value from outside, for a message. */
export function shown(value: Json | undefined): string {
  if (value === undefined) return "absent";
  if (typeof value === "string") return quote(value);
  if (isList(value)) return "an array";
  if (value === null || typeof value !== "object") return String(value);
  return "an object";
}

class JsonReader {
  readonly #scanner: JsonScanner;
  readonly #limits: JsonLimits;
  #values = 0;

  constructor(scanner: JsonScanner, limits: JsonLimits) {
    this.#scanner = scanner;
    this.#limits = limits;
  }

  /** The next value, inside `depth` brackets; `isMixed` inside an array that turned out not to be dense. */
  value(depth: number, isMixed: boolean): Json {
    if (++this.#values > this.#limits.values) {
      throw unreadable(`it holds more than ${this.#limits.values} values`);
    }
    const byte = this.#scanner.next();
    if (byte === QUOTE) return this.#scanner.string();
    if (byte === OPEN_BRACE) return this.#object(this.#deeper(depth), isMixed);
    if (byte === OPEN) return this.#array(this.#deeper(depth), isMixed);
    return this.#scalar();
  }

  #scalar(): Json {
    if (this.#scanner.word("true")) return true;
    if (this.#scanner.word("false")) return false;
    if (this.#scanner.word("null")) return null;
    const number = this.#scanner.number();
    if (number === undefined) throw this.#scanner.unexpected();
    return number;
  }

  #deeper(depth: number): number {
    if (depth < this.#limits.depth) return depth + 1;
    throw unreadable(`brackets are nested deeper than ${this.#limits.depth}`);
  }

  #array(depth: number, isMixed: boolean): Json {
    const ranks = this.#limits.depth - depth + 1;
    const isNumeric = !isMixed && startsWithNumber(this.#scanner, ranks);
    const numbers = isNumeric ? takeNumbers(this.#scanner, this.#limits.numbers) : undefined;
    if (numbers !== undefined) return numbers;
    const items: Json[] = [];
    this.#scanner.take(OPEN);
    if (this.#scanner.take(CLOSE)) return items;
    do items.push(this.value(depth, isMixed || isNumeric));
    while (this.#scanner.take(COMMA));
    if (!this.#scanner.take(CLOSE)) throw this.#scanner.unexpected();
    return items;
  }

  #object(depth: number, isMixed: boolean): JsonObject {
    const members = new Map<string, Json>();
    this.#scanner.take(OPEN_BRACE);
    if (this.#scanner.take(CLOSE_BRACE)) return members;
    do {
      const key = this.#key();
      // JSON.parse would silently keep the last one.
      if (members.has(key)) throw unreadable(`the key ${quote(key)} is there twice`);
      members.set(key, this.value(depth, isMixed));
    } while (this.#scanner.take(COMMA));
    if (!this.#scanner.take(CLOSE_BRACE)) throw this.#scanner.unexpected();
    return members;
  }

  #key(): string {
    if (this.#scanner.next() !== QUOTE) throw this.#scanner.unexpected();
    const key = this.#scanner.string();
    if (!this.#scanner.take(COLON)) throw this.#scanner.unexpected();
    return key;
  }
}
