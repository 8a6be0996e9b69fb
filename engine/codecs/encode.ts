import sharp from "sharp";
import { CHANNELS, type Pixels } from "../image/pixels.ts";

/** A picture as a JPEG or WebP file, good enough that nobody sees the loss. */
export async function encodePicture(
  { data, width, height }: Pixels,
  format: "jpeg" | "webp",
): Promise<Uint8Array> {
  const picture = sharp(data, { raw: { width, height, channels: CHANNELS } });
  const file =
    format === "jpeg"
      ? picture.jpeg({ quality: 92, chromaSubsampling: "4:4:4" })
      : picture.webp({ quality: 90 });
  return file.toBuffer();
}
