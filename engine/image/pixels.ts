import { type FloatTensor, tensor } from "../tensor/tensor.ts";

/** A picture: 8-bit sRGB, row-major, 3 bytes (red, green, blue) per pixel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Bytes per pixel. */
export const CHANNELS = 3;

/** A picture over `data`, whose length must be width x height x 3. */
export function pixels(width: number, height: number, data: Uint8Array): Pixels {
  if (width < 1 || height < 1 || data.length !== width * height * CHANNELS) {
    throw new RangeError(`${width}x${height} pixels do not fill ${data.length} bytes`);
  }
  return { width, height, data };
}

/**
 * Converts a decoded picture, (1, 3, height, width), nominally in -1..1; values outside are clamped. Bit for bit as
 * diffusers does: each operation rounds to float32, the last one half to even. NaN becomes 0; decoding checks for it
 * before.
 */
export function toPixels(decoded: FloatTensor): Pixels {
  const [batch, channels, height = 0, width = 0] = decoded.shape;
  if (batch !== 1 || channels !== CHANNELS) {
    throw new RangeError(`a picture is (1, 3, height, width), not (${decoded.shape.join(", ")})`);
  }
  const plane = width * height;
  const data = new Uint8Array(plane * CHANNELS);
  for (const [source, value] of decoded.data.entries()) {
    const channel = Math.floor(source / plane);
    data[(source - channel * plane) * CHANNELS + channel] = toByte(value);
  }
  return pixels(width, height, data);
}

/** Converts a picture for a VAE's encoder: (1, 3, height, width) in -1..1. */
export function fromPixels({ width, height, data }: Pixels): FloatTensor {
  const plane = width * height;
  const values = new Float32Array(plane * CHANNELS);
  for (const [source, byte] of data.entries()) {
    const channel = source % CHANNELS;
    values[channel * plane + (source - channel) / CHANNELS] = toSigned(byte);
  }
  return tensor([1, CHANNELS, height, width], values);
}

function toByte(value: number): number {
  const share = Math.min(1, Math.max(0, Math.fround(value * 0.5 + 0.5)));
  return roundHalfToEven(Math.fround(share * 255));
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 === 1);
  return up ? floor + 1 : floor;
}

function toSigned(byte: number): number {
  return 2 * Math.fround(byte / 255) - 1;
}
