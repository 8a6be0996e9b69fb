import { useCallback, useLayoutEffect, useMemo, useState } from "react";
import {
  FIT,
  panned,
  type Point,
  scaledTo,
  scaleOf,
  type Size,
  within,
  type Zoom,
} from "./zoom.ts";

/** The zoom of a picture, for its canvas and for the buttons beside it. */
export interface ZoomControl {
  /** CSS pixels per pixel of the picture. */
  readonly scale: number;
  /** In device pixels: 100 is one to one. */
  readonly percent: number;
  readonly isFit: boolean;
  /** Position of the picture's centre, relative to the canvas's centre. */
  readonly at: Point;
  readonly measure: (canvas: Size) => void;
  readonly fit: () => void;
  /** Zooms to one device pixel per pixel of the picture. */
  readonly full: (point?: Point) => void;
  /** Zooms by a factor around a point, relative to the canvas's centre. */
  readonly by: (factor: number, point?: Point) => void;
  readonly pan: (by: Point) => void;
}

const MIDDLE: Point = { x: 0, y: 0 };

/** `key` identifies the picture; another picture starts fitted. */
export function useZoom(picture: Size, key: string): ZoomControl {
  const [canvas, setCanvas] = useState<Size>({ width: 1, height: 1 });
  const [zoom, setZoom] = useState<Zoom>(FIT);
  useLayoutEffect(() => setZoom(FIT), [key]);
  const measure = useCallback(
    ({ width, height }: Size) =>
      setCanvas((before) =>
        before.width === width && before.height === height ? before : { width, height },
      ),
    [],
  );
  const { width, height } = picture;
  return useMemo(() => {
    const sizes = { canvas, picture: { width, height } };
    const shown = within(zoom, canvas, sizes.picture);
    const scale = scaleOf(shown, canvas, sizes.picture);
    const { devicePixelRatio } = window;
    const to = (change: (before: Zoom) => Zoom) =>
      setZoom((before) => change(within(before, canvas, sizes.picture)));
    return {
      scale,
      percent: Math.round(100 * scale * devicePixelRatio),
      isFit: zoom.scale === "fit",
      at: shown,
      measure,
      fit: () => setZoom(FIT),
      full: (point = MIDDLE) =>
        to((before) => scaledTo(before, 1 / devicePixelRatio, point, sizes)),
      by: (factor, point = MIDDLE) =>
        to((before) =>
          scaledTo(before, factor * scaleOf(before, canvas, sizes.picture), point, sizes),
        ),
      pan: (by) => to((before) => panned(before, by, canvas, sizes.picture)),
    };
  }, [zoom, canvas, width, height, measure]);
}
