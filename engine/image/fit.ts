import type { ResizeMode } from "../contract/resize-mode.ts";
import { CHANNELS, type Pixels, pixels } from "./pixels.ts";
import { resize, type Size } from "./resize.ts";

/**
 * The picture at `size`, resized like diffusers' VaeImageProcessor, down to its rounding; with `fill`, the pixels of an
 * edge are repeated unchanged.
 */
export function fit(picture: Pixels, size: Size, mode: ResizeMode = "default"): Pixels {
  if (mode === "default") return resize(picture, size);
  const inner = innerSize(picture, size, mode);
  const left = (size.width >> 1) - (inner.width >> 1);
  const top = (size.height >> 1) - (inner.height >> 1);
  if (mode === "crop") return resize(picture, inner, { ...size, left: -left, top: -top });
  return extended(resize(picture, inner), size, { left, top });
}

/** The size with the picture's aspect ratio that covers `size` (`crop`) or fits inside it (`fill`). */
function innerSize(own: Size, size: Size, mode: "crop" | "fill"): Size {
  const isWider = own.width * size.height > size.width * own.height;
  // A picture that is wider in proportion gets the height of `size` to cover it, and its width to fit inside it.
  if (isWider === (mode === "crop")) {
    const width = Math.floor((own.width * size.height) / own.height);
    return { width: Math.max(1, width), height: size.height };
  }
  const height = Math.floor((own.height * size.width) / own.width);
  return { width: size.width, height: Math.max(1, height) };
}

/** The picture at `left`, `top` on a larger canvas, where every other pixel repeats the picture's nearest one. */
function extended(
  picture: Pixels,
  { width, height }: Size,
  { left, top }: { readonly left: number; readonly top: number },
): Pixels {
  const data = new Uint8Array(width * height * CHANNELS);
  for (let y = 0; y < height; y++) {
    const row = within(y - top, picture.height) * picture.width;
    for (let x = 0; x < width; x++) {
      const from = (row + within(x - left, picture.width)) * CHANNELS;
      data.set(picture.data.subarray(from, from + CHANNELS), (y * width + x) * CHANNELS);
    }
  }
  return pixels(width, height, data);
}

function within(index: number, count: number): number {
  return Math.min(count - 1, Math.max(0, index));
}
