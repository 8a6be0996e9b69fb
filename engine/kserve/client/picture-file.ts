import { fromBase64 } from "../wire/base64.ts";

/** A picture as a file; its size must be checked before it is decoded. */
export interface PictureFile {
  readonly kind: "file";
  readonly format: "png" | "jpeg" | "webp";
  readonly bytes: Uint8Array;
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];
const RIFF = [0x52, 0x49, 0x46, 0x46];
const WEBP = [0x57, 0x45, 0x42, 0x50];

/** The picture file in some bytes, recognised by how they start; undefined if they are none. */
export function pictureFile(bytes: Uint8Array): PictureFile | undefined {
  if (hasAt(bytes, 0, PNG)) return { kind: "file", format: "png", bytes };
  if (hasAt(bytes, 0, JPEG)) return { kind: "file", format: "jpeg", bytes };
  if (hasAt(bytes, 0, RIFF) && hasAt(bytes, 8, WEBP))
    return { kind: "file", format: "webp", bytes };
  return undefined;
}

function hasAt(bytes: Uint8Array, at: number, mark: readonly number[]): boolean {
  return mark.every((byte, i) => bytes[at + i] === byte);
}

/** Decodes base64, with or without line breaks or as a data URL; undefined for plain text. */
export function bytesOfText(text: string): Uint8Array | undefined {
  return fromBase64(text.replace(/^\s*data:[\w/+.-]{0,60};base64,/, "").replaceAll(/\s+/g, ""));
}
