import { fromLatin1 } from "./bytes.ts";
import { PNG_SIGNATURE } from "./png-chunks.ts";
import type { Size } from "./resize.ts";

/** What the header of a PNG says of its size; undefined where the bytes do not begin as one. */
export function pngSize(bytes: Uint8Array): Size | undefined {
  if (bytes.length < 24 || PNG_SIGNATURE.some((byte, at) => bytes[at] !== byte)) return undefined;
  if (fromLatin1(bytes.subarray(12, 16)) !== "IHDR") return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
