import { MessageFault } from "../wire/message-fault.ts";

/**
 * Pixels as bytes, whatever they were sent as. The datatype is a hint that servers get wrong (the seed
 * sends bytes and calls them fp16), so the values decide: whole numbers beyond 1 are bytes, numbers
 * within 0..1 shares, numbers within -1..1 what a VAE gives. The rest is rounded and cut to 0..255.
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
    if (!Number.isFinite(value)) throw new MessageFault(field, String(value), "pixels are numbers");
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
const SHARES: Scale = { offset: 0, factor: 255 };
const SIGNED: Scale = { offset: 1, factor: 127.5 };

function scaleOf({ least, greatest, isWhole }: Survey, datatype: string): Scale {
  if (greatest > 1 || least < -1) return BYTES;
  if (least < 0) return SIGNED;
  // Nothing but 0 and 1 could be either; the label may say.
  const isShare = !isWhole || /^(?:FP|BF|BOOL)/i.test(datatype);
  return isShare ? SHARES : BYTES;
}
