import { createHash } from "node:crypto";
import { pixels } from "../../engine/image/pixels.ts";
import { chunksOf } from "../../engine/image/png/png-chunks.ts";
import { encodePng } from "../../engine/image/png/png.ts";

/** Side in pixels of a picture of about a megabyte. */
export const MEGABYTE_SIDE = 600;

/** A picture of noise, the same each time, that cannot be compressed. */
export function noisePng(side: number): Uint8Array {
  let state = 1;
  const noise = Uint8Array.from({ length: side * side * 3 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
  return encodePng(pixels(side, side, noise));
}

/** The hash of the picture's pixels; undefined if the PNG is not complete. */
export function pictureHash(png: Uint8Array): string | undefined {
  const hash = createHash("sha256");
  try {
    for (const chunk of chunksOf(png)) {
      if (!chunk.isSound()) return undefined;
      if (chunk.type === "IDAT") hash.update(chunk.body);
    }
  } catch {
    return undefined;
  }
  const end = Buffer.from(png.subarray(-12)).toString("latin1");
  return end === "\0\0\0\0IEND\xaeB`\x82" ? hash.digest("hex") : undefined;
}
