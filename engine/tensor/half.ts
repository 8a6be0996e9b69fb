/** The float32 values of float16 bits: exact, subnormals, infinities and NaN included. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  return new Float32Array(new Float16Array(bits.buffer, bits.byteOffset, bits.length));
}

/** The float16 bits nearest to float32 values; ties go to the even one, too large to infinity. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  return new Uint16Array(new Float16Array(values).buffer);
}

/** The float32 values of bfloat16 bits, which are the upper halves of float32 bits. */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const wide = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) wide[i] = bits[i]! << 16;
  return new Float32Array(wide.buffer);
}

/** The bfloat16 bits nearest to float32 values; ties go to the even one. */
export function float32ToBfloat16(values: Float32Array): Uint16Array {
  const wide = new Uint32Array(new Float32Array(values).buffer);
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const word = wide[i]!;
    // Rounding would carry a NaN of low bits only into infinity.
    bits[i] = Number.isNaN(values[i]) ? 0x7fc0 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return bits;
}
