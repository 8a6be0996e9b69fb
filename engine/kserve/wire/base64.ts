/** Decodes base64, standard or URL-safe, with or without padding; undefined if it is not valid. */
export function fromBase64(text: string): Uint8Array | undefined {
  const digits = text.replaceAll(/[\r\n]+/g, "").replace(/={1,2}$/, "");
  const isBase64 = digits.length % 4 !== 1 && !/[^A-Za-z0-9+/_-]/.test(digits);
  return isBase64 ? new Uint8Array(Buffer.from(digits, "base64")) : undefined;
}

/** Encodes as standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}
