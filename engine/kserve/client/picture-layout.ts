import { type FaultKind, MessageFault } from "../wire/message-fault.ts";

/** How the values of a tensor form pictures. */
export interface PictureLayout {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** 1 is grey; 4 has transparency, which is dropped. */
  readonly channels: number;
  /** Whether channels are stored one after the other. */
  readonly isPlanar: boolean;
}

/** The requested size in pixels. */
export interface AskedSize {
  readonly width?: number;
  readonly height?: number;
}

/** Maximum side of a picture in a reply. */
export const MAX_REPLY_SIDE = 4096;

/** Numbers of channels, most likely first. */
const CHANNELS = [3, 4, 1];

/** The layout for a tensor's shape: (height, width), with channels last or first, and optionally a batch. */
export function layoutOf(shape: readonly number[], field: string): PictureLayout {
  const extra = Math.max(0, shape.length - 4);
  const isPadded = shape.slice(0, extra).every((length) => length === 1);
  const layout = isPadded ? byRank(shape.slice(extra)) : undefined;
  if (layout === undefined) throw wrong(shape, "that is not the shape of a picture", field);
  const { width, height, count } = layout;
  if (Math.max(width, height) > MAX_REPLY_SIDE) {
    throw wrong(shape, `the limit is ${MAX_REPLY_SIDE} pixels a side`, field, "size");
  }
  if (Math.min(width, height, count) < 1) throw wrong(shape, "nothing is in it", field);
  return layout;
}

function byRank(shape: readonly number[]): PictureLayout | undefined {
  const [a = 0, b = 0, c = 0] = shape;
  if (shape.length === 2) return { count: 1, height: a, width: b, channels: 1, isPlanar: false };
  if (shape.length === 4) {
    const inner = byRank(shape.slice(1));
    return inner && { ...inner, count: a };
  }
  if (shape.length !== 3) return undefined;
  if (CHANNELS.includes(c)) return { count: 1, height: a, width: b, channels: c, isPlanar: false };
  if (CHANNELS.includes(a)) return { count: 1, height: b, width: c, channels: a, isPlanar: true };
  return undefined;
}

/**
 * The shape of values that lost their shape, as in TorchServe's kservev2 envelope: one or several pictures of the
 * requested size, else a square.
 */
export function guessShape(count: number, { width, height }: AskedSize, field: string): number[] {
  if (width !== undefined && height !== undefined) {
    const channels = CHANNELS.find((channels) => count % (width * height * channels) === 0);
    if (channels !== undefined && count > 0) {
      return [count / (width * height * channels), height, width, channels];
    }
  }
  for (const channels of CHANNELS) {
    const side = Math.sqrt(count / channels);
    if (side > 0 && Number.isInteger(side)) return [side, side, channels];
  }
  throw new MessageFault(
    field,
    `of ${count} values`,
    "its shape is missing, and it is not a square picture",
  );
}

function wrong(
  shape: readonly number[],
  reason: string,
  field: string,
  kind?: FaultKind,
): MessageFault {
  return new MessageFault(`${field}.shape`, `[${shape.join(", ")}]`, reason, kind);
}

/** The pictures in a tensor: each row-major RGB, one byte per channel. */
export function picturesIn(bytes: Uint8Array, layout: PictureLayout): readonly Uint8Array[] {
  const size = layout.width * layout.height * layout.channels;
  return Array.from({ length: layout.count }, (_, i) => {
    const own = bytes.subarray(i * size, (i + 1) * size);
    return layout.channels === 3 && !layout.isPlanar ? own : toRgb(own, layout);
  });
}

function toRgb(
  bytes: Uint8Array,
  { width, height, channels, isPlanar }: PictureLayout,
): Uint8Array {
  const plane = width * height;
  const [pixelStep, channelStep] = isPlanar ? [1, plane] : [channels, 1];
  const green = channels === 1 ? 0 : channelStep;
  const rgb = new Uint8Array(plane * 3);
  for (let pixel = 0; pixel < plane; pixel++) {
    const at = pixel * pixelStep;
    rgb[pixel * 3] = bytes[at] ?? 0;
    rgb[pixel * 3 + 1] = bytes[at + green] ?? 0;
    rgb[pixel * 3 + 2] = bytes[at + 2 * green] ?? 0;
  }
  return rgb;
}
