import type { Model, Value } from "./graph.ts";

/** Rows from the first up to, not including, the second. */
export type Rows = readonly [from: number, to: number];

/** Fewer rows would mostly be copies of their neighbours'. */
const FEWEST_ROWS = 8;

/** The bands of every value of some height and width. */
export type Levels = ReadonlyMap<string, readonly Rows[]>;

export function levelsOf({ nodes }: Model, bandBytes: number): Levels {
  const rowBytes = new Map<string, number>();
  const levels = new Map<string, readonly Rows[]>();
  for (const { output } of nodes.filter(({ output }) => isPicture(output))) {
    const [batch = 0, channels = 0, height = 0, width = 0] = output.shape;
    const level = levelOf(output);
    const most = Math.max(rowBytes.get(level) ?? 0, 4 * batch * channels * width);
    rowBytes.set(level, most);
    levels.set(level, split(height, Math.max(FEWEST_ROWS, Math.floor(bandBytes / most))));
  }
  return levels;
}

/** Bands of about so many rows, an even number in all but the last: a doubled band is a band again. */
function split(height: number, most: number): readonly Rows[] {
  const rows = 2 * Math.ceil(height / Math.ceil(height / most) / 2);
  return Array.from({ length: Math.ceil(height / rows) }, (_, i): Rows => [
    i * rows,
    Math.min((i + 1) * rows, height),
  ]);
}

export function isPicture({ shape }: Value): boolean {
  return shape.length === 4;
}

export function levelOf({ shape: [, , height, width] }: Value): string {
  return `${height}x${width}`;
}

export function heightOf({ shape: [, , height = 0] }: Value): number {
  return height;
}

/** Some rows of a value. */
export function shapeOf(
  { shape: [batch = 0, channels = 0, , width = 0] }: Value,
  [from, to]: Rows,
) {
  return [batch, channels, to - from, width];
}
