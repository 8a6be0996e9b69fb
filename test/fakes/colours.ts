import type { Pixels } from "../../engine/image/pixels.ts";

/** The starter's colours in sRGB; colours.test.ts compares them with assets/starter/README.md. */
export const COLOURS = {
  red: [220, 50, 47],
  orange: [240, 140, 40],
  yellow: [248, 210, 60],
  green: [70, 160, 75],
  blue: [55, 110, 220],
  purple: [140, 80, 190],
  pink: [245, 150, 190],
  brown: [140, 90, 55],
  black: [40, 40, 45],
  white: [245, 245, 240],
  gray: [140, 145, 150],
} as const;
export type ColourName = keyof typeof COLOURS;

/** A pixel counts as a colour if the absolute differences of its channels add up to less than this. */
const TOLERANCE = 90;

/** The share of a picture's pixels, 0..1, that are within tolerance of the colour. */
export function shareOf({ width, height, data }: Pixels, colour: ColourName): number {
  const [red, green, blue] = COLOURS[colour];
  let count = 0;
  for (let at = 0; at < data.length; at += 3) {
    const distance =
      Math.abs(data[at]! - red) + Math.abs(data[at + 1]! - green) + Math.abs(data[at + 2]! - blue);
    if (distance < TOLERANCE) count++;
  }
  return count / (width * height);
}
