import { snapSide } from "../../state/form.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The shapes on offer, widest last. */
export const RATIOS = ["9:16", "2:3", "3:4", "1:1", "4:3", "3:2", "16:9"] as const;
export type Ratio = (typeof RATIOS)[number];

/** Below this the model is a small one, and 64 pixels are too coarse to make shapes of. */
const COARSE_FROM = 512;

/** Sides are multiples of this: what the UNet halves without a rest. */
export function gridOf(own: Size): number {
  return own.width >= COARSE_FROM ? 64 : 32;
}

/** A shape at about as many pixels as the model's own size has, on the grid. */
export function sizeOf(ratio: Ratio, own: Size): Size {
  const [across = 1, down = 1] = ratio.split(":").map(Number);
  const pixels = own.width * own.height;
  const width = Math.sqrt((pixels * across) / down);
  const grid = gridOf(own);
  return { width: snapSide(width, grid), height: snapSide((width * down) / across, grid) };
}

/** The shape that makes exactly this size; undefined where none does. */
export function ratioOf(size: Size, own: Size): Ratio | undefined {
  return RATIOS.find((ratio) => {
    const { width, height } = sizeOf(ratio, own);
    return width === size.width && height === size.height;
  });
}

/** The next smaller size of the same shape: what an overfull memory may still hold. */
export function smallerThan({ width, height }: Size): Size {
  return { width: snapSide(width * 0.7, 64), height: snapSide(height * 0.7, 64) };
}
