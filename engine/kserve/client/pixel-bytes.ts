import { MessageFault } from "../wire/message-fault.ts";

/**
 * Converts pixels to bytes. The datatype is only a hint, since servers get it wrong (the KServe example's handler sends
 * bytes and calls them fp16), so the values decide: integers above 1 are bytes, or 16-bit samples if they exceed a
 * byte; fractions within about 0..1 are shares, and within about -1..1 a VAE's output. Results are rounded and clamped
 * to 0..255.
 */
export function pixelBytes(
  values: ArrayLike<number>,
  datatype: string,
  field: string,
): Uint8ClampedArray {
  const { factor, offset } = scaleOf(survey(values, field), datatype);
  // A clamped array rounds to the nearest and clamps.
  const bytes = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i++) bytes[i] = ((values[i] ?? 0) + offset) * factor;
  return bytes;
}

interface Survey {
  readonly least: number;
  readonly greatest: number;
  readonly isWhole: boolean;
}

function survey(values: ArrayLike<number>, field: string): Survey {
  let least = Infinity;
  let greatest = -Infinity;
  let isWhole = true;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (!Number.isFinite(value)) {
      throw new MessageFault(
        `a pixel of ${field}`,
        String(value),
        "that is not a colour",
        "pixels",
      );
    }
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    isWhole &&= Number.isInteger(value);
  }
  return { least, greatest, isWhole };
}

interface Scale {
  readonly offset: number;
  readonly factor: number;
}

const BYTES: Scale = { offset: 0, factor: 1 };
/** 65535 / 257 = 255, as in PNG. */
const SAMPLES_OF_16_BITS: Scale = { offset: 0, factor: 1 / 257 };
const SHARES: Scale = { offset: 0, factor: 255 };
const SIGNED: Scale = { offset: 1, factor: 127.5 };

/**
 * How far a network's fractions exceed their range: Stable Diffusion's decoder reaches 1.3. Larger fractions are bytes.
 */
const FURTHEST = 2;
/** Shares do not go below this; treating a picture from -1 to 1 as shares would make it pale. */
const LEAST_SHARE = -0.25;
/** Integers above this are not bytes that were rounded up. */
const MOST_OF_BYTES = 511;

function scaleOf(found: Survey, datatype: string): Scale {
  const { least, greatest, isWhole } = found;
  if (!isWhole && greatest <= FURTHEST && least >= -FURTHEST) {
    return least < LEAST_SHARE ? SIGNED : SHARES;
  }
  if (greatest > 1 || least < -1) return isOf16Bits(found, datatype) ? SAMPLES_OF_16_BITS : BYTES;
  if (least < 0) return SIGNED;
  // Values of only 0 and 1 could be either, so the datatype decides.
  return /^(?:FP|BF|BOOL)/i.test(datatype) ? SHARES : BYTES;
}

function isOf16Bits({ least, greatest, isWhole }: Survey, datatype: string): boolean {
  const mostOfBytes = /^UINT16$/i.test(datatype) ? 255 : MOST_OF_BYTES;
  return isWhole && least >= 0 && greatest > mostOfBytes && greatest <= 0xffff;
}
