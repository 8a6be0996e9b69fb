/** The difference between two pictures of the same size. */
export interface PixelDifference {
  /** Mean difference over all channels, in levels from 0 to 255. */
  readonly levels: number;
  /** The share of pixels that differ in any channel, 0 to 1. */
  readonly share: number;
}

/** Compares two pictures in canvas form: four bytes a pixel, of which the last (alpha) is ignored. */
export function differenceOf(left: Uint8ClampedArray, right: Uint8ClampedArray): PixelDifference {
  let sum = 0;
  let different = 0;
  for (let at = 0; at < left.length; at += 4) {
    let of = 0;
    for (let channel = at; channel < at + 3; channel++)
      of += Math.abs((left[channel] ?? 0) - (right[channel] ?? 0));
    sum += of;
    if (of > 0) different++;
  }
  const count = left.length / 4;
  return { levels: sum / (3 * count), share: different / count };
}

/** Loads both pictures and compares them; undefined if their sizes differ. */
export async function pixelDifference(
  addresses: readonly [string, string],
): Promise<PixelDifference | undefined> {
  const [left, right] = await Promise.all([pixelsOf(addresses[0]), pixelsOf(addresses[1])]);
  if (left.width !== right.width || left.height !== right.height) return undefined;
  return differenceOf(left.data, right.data);
}

async function pixelsOf(address: string): Promise<ImageData> {
  const image = new Image();
  image.src = address;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("this browser gives no canvas");
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, width, height);
}
