import sharp from "sharp";
import { StudioError } from "../contract/errors.ts";
import type { Recall } from "../contract/generation.ts";
import { pngSize } from "../image/png-size.ts";
import { FOREIGN_KEYS, readForeignComment, readForeignTexts } from "../image/read-foreign.ts";
import { readPngTexts } from "../image/read-png-texts.ts";
import { isPicture } from "./decode.ts";
import { readExifTexts } from "./exif-texts.ts";

/**
 * How a PNG, JPEG or WebP was made and by which studio, by what it tells itself. `name` is what an
 * error calls the file. Refuses as IMAGE_UNREADABLE what is none of these, and as NO_GENERATION_DATA
 * what does not tell.
 */
export async function readForeignGeneration(bytes: Uint8Array, name: string): Promise<Recall> {
  if (!isPicture(bytes)) {
    const reason = "it is neither PNG nor JPEG nor WebP";
    throw new StudioError("IMAGE_UNREADABLE", { file: name, reason });
  }
  const recall = readTexts(bytes, name) ?? (await readMetadata(bytes));
  if (recall === undefined) throw new StudioError("NO_GENERATION_DATA", { file: name });
  return recall;
}

function readTexts(bytes: Uint8Array, file: string): Recall | undefined {
  if (pngSize(bytes) === undefined) return undefined;
  return readForeignTexts(readPngTexts(bytes, { file, only: FOREIGN_KEYS }));
}

async function readMetadata(bytes: Uint8Array): Promise<Recall | undefined> {
  // Only headers are looked at, so the number of pixels does not matter.
  const metadata = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  const { comment = "", graph } = metadata?.exif ? readExifTexts(metadata.exif) : {};
  return readForeignComment({ comment, graph, xmp: metadata?.xmpAsString });
}
