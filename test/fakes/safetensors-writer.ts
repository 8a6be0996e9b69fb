/** One tensor as in a .safetensors file; any dtype, including nonexistent ones. */
export interface RawTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A valid .safetensors file of these tensors, in this order. */
export function safetensors(
  tensors: Readonly<Record<string, RawTensor>>,
  metadata: Readonly<Record<string, string>> | null = { format: "pt" },
): Uint8Array {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
    const data_offsets = [end, (end += bytes.length)];
    return [name, { dtype, shape, data_offsets }] as const;
  });
  const header = Object.fromEntries([["__metadata__", metadata], ...entries]);
  return withHeader(header, Buffer.concat(Object.values(tensors).map(({ bytes }) => bytes)));
}

/** A file with this header, valid or not; a string is used unchanged. */
export function withHeader(header: unknown, data: Uint8Array = new Uint8Array()): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  // Copied, because slices of a Buffer share its memory.
  return new Uint8Array(Buffer.concat([lengthPrefix(json.length), json, data]));
}

/** The first 8 bytes of a file. */
export function lengthPrefix(length: number | bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(length));
  return bytes;
}

/** A float32 tensor of these values. */
export function float32(shape: readonly number[], values: Float32Array): RawTensor {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { dtype: "F32", shape, bytes };
}
