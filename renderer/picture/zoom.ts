/** Small pictures are enlarged at most this many times, unless the user zooms in. */
const MOST_TIMES = 3;
/** Maximum zoom. */
const CLOSEST = 8;
/** Wheel distance in pixels that doubles the size. */
const WHEEL_PER_DOUBLE = 400;
/** The same while fingers pinch on a touchpad: Chromium reports 100 pixels times the logarithm of their factor. */
const PINCH_PER_DOUBLE = 100 * Math.LN2;
/** A mouse's wheel with Ctrl is reported like a pinch, but turns by about 100 pixels at once. */
const MOST_PER_PINCH = Math.SQRT2;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The position of a picture in its canvas. */
export interface Zoom {
  /** Screen pixels per pixel of the picture; `fit` is the largest size that fits. */
  readonly scale: number | "fit";
  /** Position of the picture's centre, relative to the canvas's centre. */
  readonly x: number;
  readonly y: number;
}

export const FIT: Zoom = { scale: "fit", x: 0, y: 0 };

export function fitScale(canvas: Size, picture: Size): number {
  const room = Math.min(canvas.width / picture.width, canvas.height / picture.height);
  return Math.max(Number.MIN_VALUE, Math.min(room, MOST_TIMES));
}

export function scaleOf({ scale }: Zoom, canvas: Size, picture: Size): number {
  return scale === "fit" ? fitScale(canvas, picture) : scale;
}

/** The zoom at another scale; what is at the point (relative to the canvas's centre) stays there. */
export function scaledTo(
  zoom: Zoom,
  wanted: number,
  point: Point,
  { canvas, picture }: { readonly canvas: Size; readonly picture: Size },
): Zoom {
  const fit = fitScale(canvas, picture);
  const before = scaleOf(zoom, canvas, picture);
  const scale = Math.min(Math.max(wanted, Math.min(fit, 1)), Math.max(fit, CLOSEST));
  const ratio = scale / before;
  const moved = {
    scale,
    x: point.x - (point.x - zoom.x) * ratio,
    y: point.y - (point.y - zoom.y) * ratio,
  };
  return within(moved, canvas, picture);
}

export function panned(zoom: Zoom, by: Point, canvas: Size, picture: Size): Zoom {
  return within({ ...zoom, x: zoom.x + by.x, y: zoom.y + by.y }, canvas, picture);
}

/** How much a turn of the wheel zooms; browsers report a pinch on a touchpad as a turn with Ctrl. */
export function wheelFactor(turn: { readonly deltaY: number; readonly ctrlKey: boolean }): number {
  if (!turn.ctrlKey) return 2 ** (-turn.deltaY / WHEEL_PER_DOUBLE);
  const factor = 2 ** (-turn.deltaY / PINCH_PER_DOUBLE);
  return Math.min(MOST_PER_PINCH, Math.max(1 / MOST_PER_PINCH, factor));
}

/** Limits the position so that no edge of the picture lies further in than the canvas's edge. */
export function within(zoom: Zoom, canvas: Size, picture: Size): Zoom {
  const scale = scaleOf(zoom, canvas, picture);
  const [x, y] = [
    Math.max(0, (picture.width * scale - canvas.width) / 2),
    Math.max(0, (picture.height * scale - canvas.height) / 2),
  ];
  return { ...zoom, x: clamp(zoom.x, x), y: clamp(zoom.y, y) };
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(0 - limit, value));
}
