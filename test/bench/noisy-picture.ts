import { pixels, type Pixels } from "../../engine/image/pixels.ts";
import { whiteNoise } from "./random-snapshot.ts";

/** Noise around a ramp, so that numbers have one to three digits as in photographs. */
export function noisyPicture(side: number): Pixels {
  const noise = whiteNoise(7);
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const ramp = ((i / 3) % side) / 3;
    return Math.min(255, Math.max(0, ramp + 12 * noise()));
  });
  return pixels(side, side, data);
}

/** The same picture as nested arrays. */
export function toArrays({ width, height, data }: Pixels): number[][][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const at = (y * width + x) * 3;
      return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
    }),
  );
}
