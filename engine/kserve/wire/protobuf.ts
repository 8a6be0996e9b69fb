import { type ByteSource, bytes, join, text } from "./encoded-message.ts";

/** Wire types. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_64 = 1;

/** Seven bits of a byte in a varint are content; the eighth says that more follow. */
const CONTENT = 0x7f;
const MORE = 0x80;

/** An integer below 2^53 in groups of seven bits, lowest first. */
export function varint(value: number): Uint8Array {
  const groups: number[] = [];
  let rest = value;
  for (; rest > CONTENT; rest = Math.floor(rest / MORE)) groups.push((rest % MORE) | MORE);
  groups.push(rest);
  return Uint8Array.from(groups);
}

/** A length-delimited field: a message, text or bytes. */
export function field(number: number, content: ByteSource): ByteSource {
  const head = [varint(number * 8 + LENGTH_DELIMITED), varint(content.sizeBytes)];
  return join([...head.map(bytes), content]);
}

/** A text field; omitted if empty, as in proto3. */
export function textField(number: number, value: string): ByteSource {
  return value === "" ? bytes(new Uint8Array()) : field(number, text(value));
}

/** A bool field, written even if false, as for members of a oneof. */
export function boolField(number: number, value: boolean): ByteSource {
  return join([bytes(varint(number * 8 + VARINT)), bytes(varint(Number(value)))]);
}

/** A 64-bit integer field, signed or not, written even if 0. */
export function integerField(number: number, value: bigint): ByteSource {
  const groups: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) groups.push(Number(rest & 0x7fn) | MORE);
  groups.push(Number(rest));
  return join([bytes(varint(number * 8 + VARINT)), bytes(Uint8Array.from(groups))]);
}

/** A double field, written even if 0. */
export function doubleField(number: number, value: number): ByteSource {
  const content = new Uint8Array(8);
  new DataView(content.buffer).setFloat64(0, value, true);
  return join([bytes(varint(number * 8 + FIXED_64)), bytes(content)]);
}

/** Packed integers below 2^53. */
export function packedField(number: number, values: readonly number[]): ByteSource {
  return field(number, join(values.map((value) => bytes(varint(value)))));
}

/** Number of values converted to varints at a time. */
const CHUNK = 65_536;

/** Byte values packed as varints: those of 128 and above take two bytes. */
export function packedBytes(number: number, values: Uint8Array): ByteSource {
  const large = values.reduce((count, value) => count + (value > CONTENT ? 1 : 0), 0);
  return field(number, {
    sizeBytes: values.length + large,
    chunks: {
      *[Symbol.iterator]() {
        for (let at = 0; at < values.length; at += CHUNK)
          yield varints(values.subarray(at, at + CHUNK));
      },
    },
  });
}

function varints(values: Uint8Array): Uint8Array {
  const out = new Uint8Array(values.length * 2);
  let at = 0;
  for (const value of values) {
    if (value > CONTENT) {
      out[at++] = value;
      out[at++] = 1;
    } else out[at++] = value;
  }
  return out.subarray(0, at);
}
