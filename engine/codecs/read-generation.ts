import sharp from "sharp";
import { StudioError } from "../contract/errors.ts";
import type { Recall } from "../contract/generation.ts";
import { FOREIGN_KEYS, readForeignTexts, textsOfComment } from "../image/foreign/read-foreign.ts";
import { unreadStudio } from "../image/foreign/unread-studios.ts";
import { pngSize } from "../image/png/png-chunks.ts";
import { readPngTexts } from "../image/png/read-png-texts.ts";
import { isPicture } from "./picture-codec.ts";
import { readExifTexts } from "./exif-texts.ts";

/** Longer XMP is not about how a picture was made. */
const MAX_XMP = 1 << 20;

type Texts = ReadonlyMap<string, string>;

/**
 * How a PNG, JPEG or WebP was made and by which studio, from its own texts. `name` is the file's name in errors.
 * Refuses as IMAGE_UNREADABLE any other file, and as NO_GENERATION_DATA a picture without settings or with those of a
 * studio that is not supported.
 */
export async function readForeignGeneration(bytes: Uint8Array, name: string): Promise<Recall> {
  if (!isPicture(bytes)) {
    const reason = "it is neither PNG nor JPEG nor WebP";
    throw new StudioError("IMAGE_UNREADABLE", { file: name, reason });
  }
  const texts = pngTexts(bytes, name);
  const recall = readForeignTexts(texts);
  if (recall !== undefined) return recall;
  const metadata = await metadataTexts(bytes);
  const found = readForeignTexts(metadata);
  if (found !== undefined) return found;
  const studio = unreadStudio(texts) ?? unreadStudio(metadata);
  const reason =
    studio === undefined
      ? "the file holds no settings"
      : `it is from ${studio}, whose settings Darkroom does not read`;
  throw new StudioError("NO_GENERATION_DATA", { file: name, reason });
}

function pngTexts(bytes: Uint8Array, file: string): Texts {
  if (pngSize(bytes) === undefined) return new Map();
  return readPngTexts(bytes, { file, only: FOREIGN_KEYS });
}

async function metadataTexts(bytes: Uint8Array): Promise<Texts> {
  // Only headers are read, so the number of pixels does not matter.
  const metadata = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  const exif = metadata?.exif ? readExifTexts(metadata.exif) : {};
  const xmp = metadata?.xmpAsString;
  return textsOfComment({ ...exif, xmp: xmp && xmp.length > MAX_XMP ? undefined : xmp });
}
