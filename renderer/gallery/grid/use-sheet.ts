import { type RefCallback, useCallback, useLayoutEffect, useMemo, useState } from "react";
import type { GalleryNames } from "../../../engine/contract/gallery.ts";
import { useView } from "../../state/view.ts";
import { layOut, type Sheet } from "./day-layout.ts";

/** Distance between tiles, pixels. */
export const GAP = 4;
/** Margin around the sheet, pixels. */
export const MARGIN = 16;
/** Height of a day's heading, pixels. */
export const HEADING = 44;

const NOTHING: GalleryNames = { total: 0, days: [] };

/** The sheet at the width of its scroller. */
export interface SizedSheet {
  readonly sheet: Sheet;
  /** Side of a tile, pixels. */
  readonly tile: number;
  readonly scroller: HTMLElement | null;
  readonly ref: RefCallback<HTMLElement>;
}

export function useSheet(names: GalleryNames): SizedSheet {
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const width = useWidth(scroller) - 2 * MARGIN;
  const wanted = useView((view) => view.tileSize);
  const columns = Math.max(1, Math.floor((width + GAP) / (wanted + GAP)));
  // Tiles fill the width, so that the sheet ends where the toolbar does.
  const tile = Math.max(1, Math.floor((width + GAP) / columns) - GAP);
  // Nothing is laid out before the width is known; that would make 50,000 lines of one picture each.
  const laidOut = width > 0 ? names : NOTHING;
  const sheet = useMemo(() => layOut(laidOut, columns), [laidOut, columns]);
  const ref = useCallback((element: HTMLElement | null) => setScroller(element), []);
  return { sheet, tile, scroller, ref };
}

/** The width without the scroll bar; 0 until it is known. */
function useWidth(element: HTMLElement | null): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (element === null) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
