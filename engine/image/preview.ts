import { z } from "zod";
import { type FloatTensor, tensor } from "../tensor/tensor.ts";
import { applyRow, fitRows } from "./least-squares.ts";
import { CHANNELS, type Pixels, pixels, toPixels } from "./pixels.ts";

/** More than any published VAE has. */
const MAX_LATENT_CHANNELS = 64;

const row = z
  .array(z.number())
  .min(2)
  .max(MAX_LATENT_CHANNELS + 1);
const previewMapSchema = z
  .object({
    format: z.literal(1),
    /** For red, green and blue: a weight for each latent channel, then the bias. */
    rows: z.tuple([row, row, row]),
  })
  .refine(({ rows: [red, green, blue] }) => {
    return red.length === green.length && red.length === blue.length;
  });

/** A linear map from latents at one position to a colour in -1..1: plain data, stored as JSON. */
export type PreviewMap = z.output<typeof previewMapSchema>;

/** Latents and what the VAE decodes them to. */
export interface PreviewSample {
  /** (1, channels, height, width), scaled as for schedulers. */
  readonly latents: FloatTensor;
  /** (1, 3, f height, f width) in -1..1, where f is the VAE's factor. */
  readonly decoded: FloatTensor;
}

/**
 * The map that is closest to a VAE, by least squares over the samples. The target colour at a position of the latents
 * is the mean of the corresponding decoded block.
 */
export function fitPreview(samples: readonly PreviewSample[]): PreviewMap {
  const places = samples.flatMap(({ latents }) => placesOf(latents));
  const wanted = samples.flatMap((sample) => placesOf(blockMeans(sample)));
  const [red = [], green = [], blue = []] = fitRows(places, wanted);
  return { format: 1, rows: [red, green, blue] };
}

/** The latents as a small picture, one pixel per position. They must have the map's number of channels. */
export function previewPixels(latents: FloatTensor, { rows }: PreviewMap): Pixels {
  const [, channels = 0, height = 0, width = 0] = latents.shape;
  if (rows[0].length !== channels + 1) {
    throw new RangeError(`the preview map is not one for ${channels} latent channels`);
  }
  const places = placesOf(latents);
  const colours = rows.flatMap((weights) => places.map((place) => applyRow(weights, place)));
  return toPixels(tensor([1, CHANNELS, height, width], Float32Array.from(colours)));
}

/** The map in a JSON value; undefined if it is not a valid one. */
export function readPreviewMap(json: unknown): PreviewMap | undefined {
  return previewMapSchema.safeParse(json).data;
}

/** The values at every position of (1, channels, height, width), one per channel. */
function placesOf({
  shape: [, channels = 0, height = 0, width = 0],
  data,
}: FloatTensor): number[][] {
  const plane = height * width;
  return Array.from({ length: plane }, (_, place) =>
    Array.from({ length: channels }, (_, channel) => data[channel * plane + place] ?? 0),
  );
}

/** Shrinks the decoded picture to the size of its latents: each value is the mean of its block. */
function blockMeans({ latents, decoded }: PreviewSample): FloatTensor {
  const [, , height = 0, width = 0] = latents.shape;
  const [, channels = 0, fullHeight = 0, fullWidth = 0] = decoded.shape;
  const factor = fullHeight / height;
  if (channels !== CHANNELS || !Number.isInteger(factor) || fullWidth !== width * factor) {
    throw new RangeError(
      `[${decoded.shape.join(", ")}] is not decoded from [${latents.shape.join(", ")}]`,
    );
  }
  const means = new Float32Array(CHANNELS * height * width);
  for (const [at, value] of decoded.data.entries()) {
    const y = Math.floor(at / fullWidth); // counted through all channels, which follow each other
    const x = at % fullWidth;
    const place = Math.floor(y / factor) * width + Math.floor(x / factor);
    means[place] = (means[place] ?? 0) + value / factor ** 2;
  }
  return tensor([1, CHANNELS, height, width], means);
}

/** Patches along a side: each of the 64 colours occurs once. */
const PATCHES = 8;

/** The four levels of each colour channel. */
const LEVELS = [0, 85, 170, 255];

/** A square of 64 patches with every combination of four levels of red, green and blue. */
export function colourChart(patchSide: number): Pixels {
  const side = PATCHES * patchSide;
  const data = new Uint8Array(side * side * CHANNELS);
  for (let at = 0; at < data.length; at++) {
    const place = Math.floor(at / CHANNELS);
    const row = Math.floor(place / side / patchSide);
    const column = Math.floor((place % side) / patchSide);
    const colour = row * PATCHES + column;
    data[at] = LEVELS[(colour >> (2 * (at % CHANNELS))) & 3] ?? 0;
  }
  return pixels(side, side, data);
}
