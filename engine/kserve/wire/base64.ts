/** The bytes that a base64 text stands for, standard or URL-safe, padded or not; undefined where it is none. */
export function fromBase64(text: string): Uint8Array | undefined {
  const digits = text.replaceAll(/[\r\n]+/g, "").replace(/={1,2}$/, "");
  const isBase64 = digits.length % 4 !== 1 && !/[^A-Za-z0-9+/_-]/.test(digits);
  return isBase64 ? new Uint8Array(Buffer.from(digits, "base64")) : undefined;
}

/** Bytes as standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}
