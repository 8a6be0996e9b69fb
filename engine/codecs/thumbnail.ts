import sharp from "sharp";
import { CHANNELS, type Pixels } from "../image/pixels.ts";

/** Longer side of a thumbnail, in pixels. */
const MAX_SIDE = 320;

/** As in decode.ts: a file may claim any size. */
const MAX_PIXELS = 8192 * 8192;

/** A picture of the gallery, as pixels or as the bytes of its PNG, as a small WebP; never enlarged. */
export async function makeThumbnail(picture: Pixels | Uint8Array): Promise<Uint8Array> {
  const source =
    picture instanceof Uint8Array
      ? sharp(picture, { limitInputPixels: MAX_PIXELS })
      : sharp(picture.data, {
          raw: { width: picture.width, height: picture.height, channels: CHANNELS },
        });
  return source
    .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: "inside", withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer();
}
