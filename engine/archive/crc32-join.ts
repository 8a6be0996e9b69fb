/** The polynomial of zip's checksum, reflected (APPNOTE 4.4.7). */
const POLYNOMIAL = 0xedb88320;
const ONE = 2 ** 31;

/**
 * The CRC-32 of two byte sequences, one after the other, from the CRC-32 of each and the length of the second: so an
 * archive's checksum is known before it is generated. After crc32_combine_op of zlib 1.3 (Mark Adler): the first is
 * multiplied by x to the power of 8 × length.
 */
export function joinCrc32(first: number, second: number, secondBytes: number): number {
  let power = ONE;
  // x^8, for one byte; squared for each bit of the length.
  let square = ONE >>> 8;
  for (let left = secondBytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = product(square, power);
    square = product(square, square);
  }
  return (product(power, first) ^ second) >>> 0;
}

/** a × b modulo the polynomial. */
function product(a: number, b: number): number {
  let [sum, shifted] = [0, b];
  for (let bit = ONE; bit >= 1; bit /= 2) {
    if ((a & bit) !== 0) sum ^= shifted;
    shifted = (shifted & 1) === 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL;
  }
  return sum >>> 0;
}
