import { type FaultKind, MessageFault } from "./message-fault.ts";

/** A field of a message: a varint as a number, fixed-size and length-delimited fields as bytes. */
export interface ProtoField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** A varint has at most ten bytes. */
const MAX_VARINT = 10;

/** The fields of a message in order, without copying. Throws MessageFault if it is cut off or is not a message. */
export function* protoFields(bytes: Uint8Array): Generator<ProtoField, void> {
  for (let at = 0; at < bytes.length;) {
    const tag = varintAt(bytes, at);
    const [number, type] = [Number(tag.value >> 3n), Number(tag.value & 7n)];
    if (type === VARINT) {
      const { value, end } = varintAt(bytes, tag.end);
      yield { number, value };
      at = end;
      continue;
    }
    const { start, end } = placeOf(bytes, tag.end, type);
    if (end > bytes.length) throw broken("it ends in the middle of a field", "end");
    yield { number, value: bytes.subarray(start, end) };
    at = end;
  }
}

function placeOf(bytes: Uint8Array, at: number, type: number): { start: number; end: number } {
  if (type === FIXED_64) return { start: at, end: at + 8 };
  if (type === FIXED_32) return { start: at, end: at + 4 };
  if (type !== LENGTH_DELIMITED) throw broken("it has a field of no kind that is in use");
  const { value, end } = varintAt(bytes, at);
  if (value > BigInt(bytes.length)) throw broken("it ends in the middle of a field", "end");
  return { start: end, end: end + Number(value) };
}

function varintAt(bytes: Uint8Array, from: number): { value: bigint; end: number } {
  let value = 0n;
  for (let i = 0; i < MAX_VARINT; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) throw broken("it ends in the middle of a number", "end");
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: from + i + 1 };
  }
  throw broken("it has a number of more than 64 bits");
}

/** The integers of a packed list of at most `limit`, small ones quickly: a picture has millions. */
export function packedNumbers(bytes: Uint8Array, limit: number): Float64Array {
  const count = bytes.reduce((sum, byte) => sum + (byte < 0x80 ? 1 : 0), 0);
  if (count > limit) throw broken(`it holds more than ${limit} numbers`);
  const numbers = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) {
      numbers[i] = byte;
      at++;
      continue;
    }
    const { value, end } = varintAt(bytes, at);
    numbers[i] = Number(BigInt.asIntN(64, value));
    at = end;
  }
  return numbers;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A field's text. Throws MessageFault if it is not text in UTF-8. */
export function protoText(value: ProtoField["value"]): string {
  try {
    if (value instanceof Uint8Array) return UTF8.decode(value);
  } catch {
    throw broken("a text in it is not UTF-8");
  }
  throw broken("a text in it is a number");
}

/** A field's nested message, or other bytes. Throws MessageFault if it is a number. */
export function protoBytes(value: ProtoField["value"]): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw broken("a part of it is a number");
}

function broken(reason: string, kind?: FaultKind): MessageFault {
  return new MessageFault("The message", "read", reason, kind);
}
