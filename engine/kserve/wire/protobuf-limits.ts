import { MessageFault } from "./message-fault.ts";

/** The types of a message's fields by number; fields without an entry are skipped. */
export type MessageShape = ReadonlyMap<number, FieldShape>;

export type FieldShape =
  | { readonly kind: "message"; readonly shape: () => MessageShape }
  | { readonly kind: "text" }
  /** Numbers, possibly packed: each takes at least this many bytes. */
  | { readonly kind: "numbers"; readonly leastBytes: number };

/** Limits of a message. */
export interface ProtobufLimits {
  /** Number of fields, including those of nested messages. */
  readonly fields: number;
  /** Number of numbers in packed lists. */
  readonly numbers: number;
  readonly depth: number;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Checks a message before anything is allocated: two bytes can become an object, one byte a number, and invalid UTF-8
 * would be replaced silently. Throws MessageFault.
 */
export function checkProtobuf(
  bytes: Uint8Array,
  shape: MessageShape,
  limits: ProtobufLimits,
): void {
  new Walk(bytes, limits).message(bytes.length, shape, 0);
}

class Walk {
  readonly #bytes: Uint8Array;
  readonly #limits: ProtobufLimits;
  #at = 0;
  #fields = 0;
  #numbers = 0;

  constructor(bytes: Uint8Array, limits: ProtobufLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  message(end: number, shape: MessageShape, depth: number): void {
    if (depth > this.#limits.depth) throw unreadable("its messages are nested too deep");
    while (this.#at < end) {
      if (++this.#fields > this.#limits.fields) {
        throw unreadable(`it holds more than ${this.#limits.fields} fields`);
      }
      const tag = this.#varint(end);
      this.#field(end, { wireType: tag % 8, shape: shape.get(Math.floor(tag / 8)), depth });
    }
  }

  #field(
    end: number,
    {
      wireType,
      shape,
      depth,
    }: {
      readonly wireType: number;
      readonly shape: FieldShape | undefined;
      readonly depth: number;
    },
  ): void {
    if (wireType === 0) this.#varint(end);
    else if (wireType === 1) this.#skip(8, end);
    else if (wireType === 5) this.#skip(4, end);
    else if (wireType === 2) this.#content(end, shape, depth);
    else throw unreadable("it has a field of no kind that is in use");
  }

  #content(end: number, shape: FieldShape | undefined, depth: number): void {
    const size = this.#varint(end);
    const start = this.#at;
    if (size > end - start) throw unreadable("it ends in the middle of a field");
    if (shape?.kind === "message") return this.message(start + size, shape.shape(), depth + 1);
    if (shape?.kind === "numbers") this.#count(Math.ceil(size / shape.leastBytes));
    if (shape?.kind === "text") this.#checkText(start, start + size);
    this.#at = start + size;
  }

  #count(numbers: number): void {
    this.#numbers += numbers;
    if (this.#numbers <= this.#limits.numbers) return;
    throw unreadable(`it holds more than ${this.#limits.numbers} numbers`);
  }

  #checkText(start: number, end: number): void {
    try {
      UTF8.decode(this.#bytes.subarray(start, end));
    } catch {
      throw unreadable("a text in it is not UTF-8");
    }
  }

  #skip(size: number, end: number): void {
    if (size > end - this.#at) throw unreadable("it ends in the middle of a field");
    this.#at += size;
  }

  /** At most ten bytes; a value above 2^53 cannot be a valid size. */
  #varint(end: number): number {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (this.#at >= end) throw unreadable("it ends in the middle of a number");
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw unreadable("it has a number of more than 64 bits");
  }
}

function unreadable(reason: string): MessageFault {
  return new MessageFault("The message", "read", reason);
}
