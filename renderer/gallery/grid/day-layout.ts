import type { GalleryNames } from "../../../engine/contract/gallery.ts";

/** The ids of all pictures in display order. */
export interface DisplayOrder {
  readonly ids: readonly string[];
  /** A picture's index in `ids`; undefined if it is not among them. */
  readonly indexOf: (id: string) => number | undefined;
}

export function orderOf(names: GalleryNames): DisplayOrder {
  const ids = names.days.flatMap((day) => day.ids);
  // Built on first use: the first view is shown without it.
  let indices: Map<string, number> | undefined;
  const count = () => {
    const map = new Map<string, number>();
    for (const [index, id] of ids.entries()) map.set(id, index);
    return map;
  };
  return { ids, indexOf: (id) => (indices ??= count()).get(id) };
}

/** A row of the layout: a day's heading, or a line of `count` pictures, the first of which has the index `first`. */
export type Row =
  | { readonly kind: "day"; readonly day: string; readonly count: number }
  | { readonly kind: "line"; readonly first: number; readonly count: number };

/** Pictures laid out by day in a number of columns. */
export interface Sheet {
  readonly rows: readonly Row[];
  /** Numbers of the rows that are lines of pictures. */
  readonly lines: readonly number[];
  /** Numbers of the rows that are headings. */
  readonly headings: readonly number[];
  readonly columns: number;
}

export function layOut(names: GalleryNames, columns: number): Sheet {
  const rows: Row[] = [];
  const lines: number[] = [];
  const headings: number[] = [];
  let next = 0;
  for (const { day, ids } of names.days) {
    headings.push(rows.length);
    rows.push({ kind: "day", day, count: ids.length });
    const end = next + ids.length;
    for (; next < end; next = Math.min(next + columns, end)) {
      lines.push(rows.length);
      rows.push({ kind: "line", first: next, count: Math.min(columns, end - next) });
    }
  }
  return { rows, lines, headings, columns };
}

/** The line that contains the picture at `index`. */
export function lineOf(sheet: Sheet, index: number): number {
  return lastWhere(sheet.lines, (row) => firstOf(sheet, row) <= index);
}

/** Number of the row that contains the picture at `index`. */
export function rowOf(sheet: Sheet, index: number): number {
  return sheet.lines[lineOf(sheet, index)] ?? 0;
}

/** Number of the heading that a row belongs to. */
export function headingOf(sheet: Sheet, row: number): number {
  return sheet.headings[lastWhere(sheet.headings, (heading) => heading <= row)] ?? 0;
}

/** Indices of the pictures in the rows from `start` to `end`, inclusive. */
export function picturesBetween(sheet: Sheet, start: number, end: number): [number, number] {
  const lines = sheet.rows.slice(start, end + 1).filter((row) => row.kind === "line");
  const [first, last] = [lines[0], lines.at(-1)];
  return first && last ? [first.first, last.first + last.count] : [0, 0];
}

function firstOf({ rows }: Sheet, row: number): number {
  const found = rows[row];
  return found?.kind === "line" ? found.first : 0;
}

/** Index of the last of the sorted values for which the predicate is true; 0 if there is none. */
function lastWhere(sorted: readonly number[], isTrue: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isTrue(sorted[middle] ?? 0)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Distance between a tile's edge and its picture, in pixels. */
const INSET = 8;
/** Small pictures are enlarged at most this many times. */
const MOST_TIMES = 3;

/** The size at which a picture is shown in a tile: uncropped, in whole pixels. */
export function boxOf(
  picture: { readonly width: number; readonly height: number },
  side: number,
): { readonly width: number; readonly height: number } {
  const room = side - 2 * INSET;
  const times = Math.min(room / picture.width, room / picture.height, MOST_TIMES);
  return {
    width: Math.max(1, Math.round(picture.width * times)),
    height: Math.max(1, Math.round(picture.height * times)),
  };
}
