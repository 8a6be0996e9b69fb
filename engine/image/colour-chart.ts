import { CHANNELS, type Pixels, pixels } from "./pixels.ts";

/** Patches along a side: each of the 64 colours once. */
const PATCHES = 8;

/** What red, green and blue are made of: four levels each. */
const LEVELS = [0, 85, 170, 255];

/** A square of 64 patches, which together hold every mixture of four levels of red, green and blue. */
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
