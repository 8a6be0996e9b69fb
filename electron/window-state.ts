import { readFileSync, writeFileSync } from "node:fs";
import type { Rectangle } from "electron";
import { z } from "zod";

const savedSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().positive(),
  height: z.int().positive(),
  isMaximized: z.boolean(),
});
/** The window's last position, in screen pixels. */
export type SavedWindow = z.output<typeof savedSchema>;

/** Where to open it; without x and y the system decides. */
export interface WindowPlace {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly isMaximized: boolean;
}

/** The pages do not fit into less. */
export const MIN_SIZE = { width: 960, height: 600 };
const FIRST_SIZE = { width: 1440, height: 900 };

/** How much of the window must be visible on a display so that it can be moved: part of the title bar. */
const GRIP = { width: 160, height: 40 };

/** The last position, moved into the displays that exist now; the default position if its display is gone. */
export function placeWindow(
  saved: SavedWindow | undefined,
  areas: readonly Rectangle[],
): WindowPlace {
  const area = areas.find((area) => saved !== undefined && holdsGrip(area, saved));
  if (saved === undefined || area === undefined) {
    return { ...fitted(FIRST_SIZE, areas[0]), isMaximized: saved?.isMaximized ?? false };
  }
  const { width, height } = fitted(saved, area);
  return {
    x: Math.max(area.x, Math.min(saved.x, area.x + area.width - width)),
    y: Math.max(area.y, Math.min(saved.y, area.y + area.height - height)),
    width,
    height,
    isMaximized: saved.isMaximized,
  };
}

export function readWindow(path: string): SavedWindow | undefined {
  try {
    return savedSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

/** Failing to store the position is not worth an error. */
export function saveWindow(path: string, saved: SavedWindow): void {
  try {
    writeFileSync(path, JSON.stringify(saved));
  } catch {}
}

function fitted(
  size: Pick<Rectangle, "width" | "height">,
  area: Rectangle | undefined,
): Pick<Rectangle, "width" | "height"> {
  return {
    width: Math.min(Math.max(size.width, MIN_SIZE.width), area?.width ?? size.width),
    height: Math.min(Math.max(size.height, MIN_SIZE.height), area?.height ?? size.height),
  };
}

function holdsGrip(area: Rectangle, { x, y, width }: Rectangle): boolean {
  const seen = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  return seen >= GRIP.width && y >= area.y - 1 && y <= area.y + area.height - GRIP.height;
}
