import { MessageFault } from "../wire/message-fault.ts";

/**
 * Pixels as bytes, whatever they were sent as. The datatype is a hint that servers get wrong (the seed
 * sends bytes and calls them fp16), so the values decide: whole numbers beyond 1 are bytes, or samples of 16
 * bits where a byte does not hold them; fractions around 0..1 are shares, and around -1..1 what a VAE gives.
 * The rest is rounded and cut to 0..255.
 */
export function pixelBytes(
  values: ArrayLike<number>,
  datatype: string,
  field: string,
): Uint8ClampedArray {
  const { factor, offset } = scaleOf(survey(values, field), datatype);
  // A clamped array rounds to the nearest, and cuts.
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
      throw new MessageFault(`a pixel of ${field}`, String(value), "that is no colour", "pixels");
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
/** 65535 / 257 = 255, as PNG has it. */
const SAMPLES_OF_16_BITS: Scale = { offset: 0, factor: 1 / 257 };
const SHARES: Scale = { offset: 0, factor: 255 };
const SIGNED: Scale = { offset: 1, factor: 127.5 };

/** How far a network's fractions go past their range: Stable Diffusion's decoder reaches 1.3. Bytes as fractions go further. */
const FURTHEST = 2;
/** Shares fall this far below 0; a picture from -1 to 1 that has nothing darker would be pale all over. */
const LEAST_SHARE = -0.25;
/** Whole numbers past this are no bytes that were rounded up. */
const MOST_OF_BYTES = 511;

function scaleOf(found: Survey, datatype: string): Scale {
  const { least, greatest, isWhole } = found;
  if (!isWhole && greatest <= FURTHEST && least >= -FURTHEST) {
    return least < LEAST_SHARE ? SIGNED : SHARES;
  }
  if (greatest > 1 || least < -1) return isOf16Bits(found, datatype) ? SAMPLES_OF_16_BITS : BYTES;
  if (least < 0) return SIGNED;
  // Nothing but 0 and 1 could be either; the label may say.
  return /^(?:FP|BF|BOOL)/i.test(datatype) ? SHARES : BYTES;
}

function isOf16Bits({ least, greatest, isWhole }: Survey, datatype: string): boolean {
  const mostOfBytes = /^UINT16$/i.test(datatype) ? 255 : MOST_OF_BYTES;
  return isWhole && least >= 0 && greatest > mostOfBytes && greatest <= 0xffff;
}
