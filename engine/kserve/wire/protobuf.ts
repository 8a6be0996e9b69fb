import { type ByteSource, bytes, join, text } from "./encoded-message.ts";

/** How a field's content stands on the wire. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_64 = 1;

/** Bits of a varint's byte that are content; the eighth says that more follow. */
const CONTENT = 0x7f;
const MORE = 0x80;

/** A whole number below 2^53, in groups of seven bits, the lowest first. */
export function varint(value: number): Uint8Array {
  const groups: number[] = [];
  let rest = value;
  for (; rest > CONTENT; rest = Math.floor(rest / MORE)) groups.push((rest % MORE) | MORE);
  groups.push(rest);
  return Uint8Array.from(groups);
}

/** A message, or what else is length-delimited, as a field. */
export function field(number: number, content: ByteSource): ByteSource {
  const head = [varint(number * 8 + LENGTH_DELIMITED), varint(content.sizeBytes)];
  return join([...head.map(bytes), content]);
}

/** A text as a field; one that is empty is left out, as proto3 has it. */
export function textField(number: number, value: string): ByteSource {
  return value === "" ? bytes(new Uint8Array()) : field(number, text(value));
}

/** A bool as a field that is there even where it is false, as members of a oneof are. */
export function boolField(number: number, value: boolean): ByteSource {
  return join([bytes(varint(number * 8 + VARINT)), bytes(varint(Number(value)))]);
}

/** A whole number of 64 bits, signed or not, as a field that is there even where it is 0. */
export function integerField(number: number, value: bigint): ByteSource {
  const groups: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) groups.push(Number(rest & 0x7fn) | MORE);
  groups.push(Number(rest));
  return join([bytes(varint(number * 8 + VARINT)), bytes(Uint8Array.from(groups))]);
}

/** A double as a field that is there even where it is 0. */
export function doubleField(number: number, value: number): ByteSource {
  const content = new Uint8Array(8);
  new DataView(content.buffer).setFloat64(0, value, true);
  return join([bytes(varint(number * 8 + FIXED_64)), bytes(content)]);
}

/** Whole numbers below 2^53, packed. */
export function packedField(number: number, values: readonly number[]): ByteSource {
  return field(number, join(values.map((value) => bytes(varint(value)))));
}

/** Values that are turned into varints at once. */
const CHUNK = 65_536;

/** Values of one byte each, packed as varints: those from 128 on take two. */
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
