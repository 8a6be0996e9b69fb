import type { GenerationRecord } from "../../engine/contract/image-record.ts";
import { Gallery, type GalleryOptions } from "../../engine/gallery/gallery.ts";
import type { NewPicture } from "../../engine/gallery/keep-picture.ts";
import { pixels } from "../../engine/image/pixels.ts";
import { encodePng } from "../../engine/image/png/png.ts";

export const RECORD: GenerationRecord = {
  prompt: "a red fish",
  negativePrompt: "blurry",
  steps: 30,
  guidanceScale: 7.5,
  seed: "42",
  width: 4,
  height: 2,
  scheduler: "ddim",
  model: "starter",
  device: "cpu",
  createdAt: "2026-11-24T12:00:00.000Z",
  software: "Darkroom",
  version: "0.1.0",
};

/** A picture with the given facts about how it was made. */
export function picture(record: Partial<GenerationRecord> = {}): NewPicture {
  const { width, height, ...rest } = { ...RECORD, ...record };
  const png = encodePng(pixels(width, height, new Uint8Array(width * height * 3)));
  return { png, record: { ...rest, width, height }, target: "local" };
}

/** A real gallery in its own folder, with a stand-in for the codec of thumbnails. */
export function openGallery(
  folder: string,
  options: Partial<GalleryOptions> = {},
): Promise<Gallery> {
  return Gallery.open({
    dataFolder: folder,
    settings: () => ({ fileNamePattern: "{date}/{prompt}-{seed}" }),
    makeThumbnail: async () => new TextEncoder().encode("thumbnail"),
    ...options,
  });
}
