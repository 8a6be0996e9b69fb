import { type FaultKind, MessageFault, quote } from "./message-fault.ts";

const ZERO = 0x30;
const NINE = 0x39;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** Maximum length of a number: the exact value of a double has at most 767 digits, and nobody sends them all. */
const MAX_NUMBER = 400;

/** Integers with this many digits are exact in a double. */
const SAFE_DIGITS = 15;

/** Python's output for numbers that JSON does not have. */
const NOT_FINITE = /^(?:-?Infinity|NaN)\b/;

const WINDOW = 65_536;
const LATIN1 = new TextDecoder("latin1");
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Why a JSON text cannot be read. */
export function unreadable(reason: string, kind?: FaultKind): MessageFault {
  return new MessageFault("The body", "read", reason, kind);
}

/** Decodes bytes in large pieces, so that one call of the decoder serves thousands of numbers. */
class TextWindow {
  readonly #bytes: Uint8Array;
  #start = 0;
  #text = "";

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** ASCII text from `start` to `end`, at most MAX_NUMBER characters. */
  text(start: number, end: number): string {
    if (start < this.#start || end > this.#start + this.#text.length) {
      this.#start = start;
      this.#text = LATIN1.decode(this.#bytes.subarray(start, start + WINDOW));
    }
    return this.#text.slice(start - this.#start, end - this.#start);
  }
}

/** Reads the tokens of a UTF-8 JSON text one after another. */
export class JsonScanner {
  readonly bytes: Uint8Array;
  /** Where the next token starts. */
  at = 0;
  readonly #window: TextWindow;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#window = new TextWindow(bytes);
  }

  /** The next byte after white space, without consuming it; 0 at the end. */
  next(): number {
    let byte = this.bytes[this.at] ?? 0;
    while (byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      byte = this.bytes[++this.at] ?? 0;
    }
    return byte;
  }

  /** Consumes this byte if it comes next. */
  take(byte: number): boolean {
    if (this.next() !== byte) return false;
    this.at++;
    return true;
  }

  /** Consumes a number: a bigint if a double would lose digits, undefined if there is none. */
  number(): number | bigint | undefined {
    const { bytes } = this;
    const isNegative = bytes[this.at] === MINUS;
    const first = isNegative ? this.at + 1 : this.at;
    let at = first;
    let value = 0;
    for (;;) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      at++;
    }
    if (!isShort(at - first, bytes[first]) || goesOn(bytes[at])) return this.#longNumber();
    this.at = at;
    return isNegative ? -value : value;
  }

  #longNumber(): number | bigint | undefined {
    const { at: start } = this;
    const end = this.#numberEnd();
    if (end === undefined) return undefined;
    if (end - start > MAX_NUMBER) throw unreadable("it holds a number of many hundred digits");
    const text = this.#window.text(start, end);
    this.at = end;
    const value = Number(text);
    if (Number.isSafeInteger(value)) return value;
    return /[.eE]/.test(text) ? value : BigInt(text);
  }

  /** The end of the number that starts here: -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)? */
  #numberEnd(): number | undefined {
    const { bytes } = this;
    const first = bytes[this.at] === MINUS ? this.at + 1 : this.at;
    let at = bytes[first] === ZERO ? first + 1 : this.#digitsEnd(first);
    if (at === first) return undefined;
    if (bytes[at] === DOT) {
      const fraction = at + 1;
      at = this.#digitsEnd(fraction);
      if (at === fraction) return undefined;
    }
    return isExponent(bytes[at]) ? this.#exponentEnd(at + 1) : at;
  }

  #exponentEnd(at: number): number | undefined {
    const sign = this.bytes[at];
    const digits = sign === PLUS || sign === MINUS ? at + 1 : at;
    const end = this.#digitsEnd(digits);
    return end === digits ? undefined : end;
  }

  #digitsEnd(start: number): number {
    let at = start;
    while (isDigit(this.bytes[at])) at++;
    return at;
  }

  /** Consumes a string, whose opening quotation mark comes next. */
  string(): string {
    const start = this.at + 1;
    const end = this.#closingQuote(start);
    const raw = decodeUtf8(this.bytes.subarray(start, end));
    this.at = end + 1;
    return raw.includes("\\") ? unescaped(raw) : raw;
  }

  #closingQuote(start: number): number {
    let at = start;
    for (;;) {
      const byte = this.bytes[at];
      if (byte === undefined) throw unreadable("it ends in the middle of a string", "end");
      if (byte === QUOTE) return at;
      if (byte < SPACE)
        throw unreadable("a string holds a line break or another control character");
      at += byte === BACKSLASH ? 2 : 1;
    }
  }

  /** Consumes a word if it comes next. */
  word(word: string): boolean {
    for (let i = 0; i < word.length; i++) {
      if (this.bytes[this.at + i] !== word.charCodeAt(i)) return false;
    }
    this.at += word.length;
    return true;
  }

  /** The error for an unexpected next byte. */
  unexpected(): MessageFault {
    if (this.next() === 0 && this.at >= this.bytes.length) {
      return unreadable("it ends too early", "end");
    }
    const found = new TextDecoder().decode(this.bytes.subarray(this.at, this.at + 12));
    const [infinite] = NOT_FINITE.exec(found) ?? [];
    if (infinite !== undefined) {
      return unreadable(`at byte ${this.at} it holds ${infinite}, which is not a number`, "pixels");
    }
    return unreadable(`at byte ${this.at} it is not JSON but ${quote(found)}`);
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/** Whether a number with so many digits is an integer that a double can represent; only 0 itself may start with 0. */
function isShort(digits: number, first: number | undefined): boolean {
  return digits === 1 || (digits > 1 && digits <= SAFE_DIGITS && first !== ZERO);
}

/** Whether a number continues after its integer part. */
function goesOn(byte: number | undefined): boolean {
  return byte === DOT || isExponent(byte);
}

function isExponent(byte: number | undefined): boolean {
  return byte === 0x65 || byte === 0x45;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw unreadable("a string is not UTF-8 text");
  }
}

/** A string with its escapes resolved by JSON.parse. */
function unescaped(raw: string): string {
  try {
    return String(JSON.parse(`"${raw}"`));
  } catch {
    throw unreadable(`${quote(raw)} has an escape that JSON does not know`);
  }
}
