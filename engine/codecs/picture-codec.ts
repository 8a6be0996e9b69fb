import sharp, { type Sharp } from "sharp";
import { StudioError } from "../contract/errors.ts";
import type { ResizeMode } from "../contract/resize-mode.ts";
import { fromLatin1 } from "../image/bytes.ts";
import { fit } from "../image/fit.ts";
import { CHANNELS, type Pixels, pixels } from "../image/pixels.ts";
import type { Size } from "../image/resize.ts";

/** A photograph of 48 megapixels has about half of this. */
const MAX_BYTES = 64 << 20;
const MAX_SIDE = 8192;
/** A small JPEG can require hundreds of passes over its pixels. */
const MAX_SECONDS = 30;

/** The first bytes of supported files, as Latin-1; nothing else reaches a decoder, whatever its name. */
const SIGNATURES = [/^\x89PNG\r\n/, /^\xff\xd8\xff/, /^RIFF[^]{4}WEBP/];

// The cores are needed for inference, and pictures are decoded one at a time.
sharp.concurrency(1);
sharp.cache(false);

/**
 * The picture in a PNG, JPEG or WebP file, as used for image to image: rotated as its EXIF says, in sRGB, with
 * transparency on white, the first frame of an animation; resized to `wanted` if given. `name` is the file's name in
 * errors. Throws IMAGE_UNREADABLE.
 */
export async function decodePicture(
  bytes: Uint8Array,
  name: string,
  wanted?: Size & { readonly resizeMode?: ResizeMode | undefined },
): Promise<Pixels> {
  const whole = await orUnreadable(name, decode(bytes));
  return wanted === undefined ? whole : fit(whole, wanted, wanted.resizeMode);
}

/** The size that it would be decoded to, without decoding pixels. Throws IMAGE_UNREADABLE. */
export async function pictureSize(bytes: Uint8Array, name: string): Promise<Size> {
  const { autoOrient } = await orUnreadable(name, opened(bytes));
  return autoOrient;
}

function orUnreadable<T>(name: string, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    const reason = error instanceof Unreadable ? error.message : inWords(error);
    throw new StudioError("IMAGE_UNREADABLE", { file: name, reason }, { cause: error });
  });
}

/** Whether bytes start like a PNG, JPEG or WebP. */
export function isPicture(bytes: Uint8Array): boolean {
  const start = fromLatin1(bytes.subarray(0, 16));
  return SIGNATURES.some((signature) => signature.test(start));
}

/** A refusal in our own words, as opposed to a decoder's errors. */
class Unreadable extends Error {}

/** Checks a file's size before any pixel is decoded. */
async function opened(bytes: Uint8Array): Promise<{ picture: Sharp; autoOrient: Size }> {
  if (bytes.length > MAX_BYTES) throw new Unreadable(`it is larger than ${MAX_BYTES >> 20} MiB`);
  if (!isPicture(bytes)) {
    throw new Unreadable("it is neither PNG nor JPEG nor WebP");
  }
  // sharp's own limit has a worse message.
  const picture = sharp(bytes, { failOn: "error", limitInputPixels: false });
  const { width, height, autoOrient } = await picture.metadata();
  if (Math.max(width, height) > MAX_SIDE) throw new Unreadable(`it is ${width}x${height} pixels`);
  return { picture, autoOrient };
}

async function decode(bytes: Uint8Array): Promise<Pixels> {
  const { picture } = await opened(bytes);
  const { data, info } = await picture
    .timeout({ seconds: MAX_SECONDS })
    .autoOrient()
    .flatten({ background: "white" })
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return pixels(info.width, info.height, new Uint8Array(data.buffer, data.byteOffset, data.length));
}

/** The first line of a decoder's message; the rest repeats it. */
function inWords(error: unknown): string {
  const [line = ""] = error instanceof Error ? error.message.split("\n") : [];
  return `it cannot be decoded (${line.replace(/:?\s*$/, "").slice(0, 200)})`;
}

/** A picture as a PNG file, made beside everything else: one of 50 megapixels takes seconds. */
export async function encodePicturePng({ data, width, height }: Pixels): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: CHANNELS } })
    .png()
    .toBuffer();
}

/** A picture as a JPEG or WebP file, without visible loss. */
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

/** Longer side of a thumbnail, in pixels. */
const THUMBNAIL_SIDE = 320;

/** A small WebP of a gallery picture, given as pixels or PNG; never enlarged. */
export async function makeThumbnail(picture: Pixels | Uint8Array): Promise<Uint8Array> {
  const source =
    picture instanceof Uint8Array
      ? sharp(picture, { limitInputPixels: MAX_SIDE ** 2 })
      : sharp(picture.data, {
          raw: { width: picture.width, height: picture.height, channels: CHANNELS },
        });
  return source
    .resize({
      width: THUMBNAIL_SIDE,
      height: THUMBNAIL_SIDE,
      fit: "inside",
      withoutEnlargement: true,
    })
    .webp({ quality: 80 })
    .toBuffer();
}
