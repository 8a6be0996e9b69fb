import { snapSide } from "../../state/form.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The usual aspect ratios, narrowest first. */
export const RATIOS = ["9:16", "2:3", "3:4", "1:1", "4:3", "3:2", "16:9"] as const;
export type Ratio = (typeof RATIOS)[number];

/** Models with a smaller native size are small, and steps of 64 pixels would be too coarse for them. */
const COARSE_FROM = 512;

/**
 * Sides are multiples of this: of 64 pixels, which the UNet can halve without a remainder, or for a small model of the
 * 8 pixels of a latent.
 */
export function gridOf(own: Size): number {
  return own.width >= COARSE_FROM ? 64 : 8;
}

/** How much more a wrong ratio counts than a wrong number of pixels. */
const RATIO_WEIGHT = 1.5;

/** The size with a ratio at about as many pixels as `present`, with sides on the grid. */
export function sizeOf(ratio: Ratio, present: Size, grid: number): Size {
  return sizeOfQuotient(quotientOf(ratio), present, grid);
}

/** The size with a picture's aspect ratio at about as many pixels as `present`, with sides on the grid. */
export function sizeOfShape(picture: Size, present: Size, grid: number): Size {
  return sizeOfQuotient(picture.width / picture.height, present, grid);
}

function sizeOfQuotient(quotient: number, present: Size, grid: number): Size {
  const pixels = present.width * present.height;
  const width = Math.sqrt(pixels * quotient);
  const sizes = sidesAround(width, grid).flatMap((across) =>
    sidesAround(width / quotient, grid).map((down) => ({ width: across, height: down })),
  );
  const off = (size: Size): number =>
    RATIO_WEIGHT * distance(size.width / size.height, quotient) +
    distance(size.width * size.height, pixels);
  return sizes.reduce((best, size) => (off(size) < off(best) ? size : best));
}

/** The valid sides just below and above a length. */
function sidesAround(length: number, grid: number): readonly [number, number] {
  const below = grid * Math.floor(length / grid);
  return [snapSide(below, grid), snapSide(below + grid, grid)];
}

function distance(a: number, b: number): number {
  return Math.abs(Math.log(a / b));
}

/** The ratios to choose from at this number of pixels: of several that give the same size, the closest one. */
export function ratiosFor(present: Size, grid: number): readonly Ratio[] {
  return RATIOS.filter((ratio) => {
    const size = sizeOf(ratio, present, grid);
    const same = RATIOS.filter((other) => isSame(sizeOf(other, present, grid), size));
    return ratio === nearest(same, size);
  });
}

/** The ratio of a size; undefined if it is none of those offered. */
export function ratioOf(size: Size, grid: number): Ratio | undefined {
  return ratiosFor(size, grid).find((ratio) => isSame(sizeOf(ratio, size, grid), size));
}

function quotientOf(ratio: Ratio): number {
  const [across = 1, down = 1] = ratio.split(":").map(Number);
  return across / down;
}

function isSame(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

function nearest(ratios: readonly Ratio[], { width, height }: Size): Ratio | undefined {
  const off = (ratio: Ratio): number => distance(quotientOf(ratio), width / height);
  return ratios.toSorted((a, b) => off(a) - off(b))[0];
}

/** The next smaller size with the same ratio, which may still fit into memory. */
export function smallerThan({ width, height }: Size): Size {
  return { width: snapSide(width * 0.7, 64), height: snapSide(height * 0.7, 64) };
}
