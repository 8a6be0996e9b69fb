import { StudioError } from "../contract/errors.ts";
import type { Recall } from "../contract/generation.ts";
import type { ForeignPicture } from "../gallery/import-picture.ts";
import { pngSize } from "../image/png/png-chunks.ts";

/**
 * Converts a picture file to the gallery's format: a PNG, and what the file says about how it was made. Refuses as
 * IMAGE_UNREADABLE a file that is not a picture, is damaged, or exceeds the limits, before decoding.
 */
export async function readForeignPicture(
  bytes: Uint8Array,
  name: string,
): Promise<Omit<ForeignPicture, "modifiedAt">> {
  // The codec is a large native module, so it is loaded with the first picture that needs it.
  const { decodePicture, encodePicturePng } = await import("../codecs/picture-codec.ts");
  const pixels = await decodePicture(bytes, name);
  const png = pngSize(bytes) === undefined ? await encodePicturePng(pixels) : bytes;
  return { name, bytes, png, pixels, recall: await recallOf(bytes, name) };
}

/** How it was made; undefined if it does not say, or if the texts are damaged. */
async function recallOf(bytes: Uint8Array, name: string): Promise<Recall | undefined> {
  const { readForeignGeneration } = await import("../codecs/read-generation.ts");
  try {
    return await readForeignGeneration(bytes, name);
  } catch (error) {
    if (error instanceof StudioError) return undefined;
    throw error;
  }
}
