/**
 * How a convolution comes to its results: in tiles, each of which reads a square of pixels. A plain convolution's tile is
 * one result, and reads as many pixels as its kernel has.
 */
export interface Tiling {
  /** Results along a side of a tile. */
  readonly tile: number;
  /** Pixels from one tile to the next. */
  readonly step: number;
  /** Pixels along a side of what a tile reads. */
  readonly read: number;
}

/** What a convolution reads, and where its results lie. */
export interface Reading extends Tiling {
  readonly batch: number;
  /** Of what is read. */
  readonly height: number;
  readonly width: number;
  /** Of the results. */
  readonly tall: number;
  readonly wide: number;
  /** Rows and columns of zeros before the first. */
  readonly top: number;
  readonly left: number;
}

/** A picture's results in bands of rows of tiles, all of one size; none lies in two images. */
export interface Bands extends Reading {
  readonly count: number;
  /** Rows of tiles of a band. */
  readonly rows: number;
  /** Tiles beside each other. */
  readonly across: number;
  /** Rows of pixels that a band reads. */
  readonly reach: number;
}

/** Bands of at most so many tiles, or of one row of them. */
export function bandsOf(reading: Reading, mostTiles: number): Bands {
  const { batch, tall, wide, tile, step, read } = reading;
  const [down, across] = [Math.ceil(tall / tile), Math.ceil(wide / tile)];
  const rows = largestDivisor(down, mostTiles / across);
  const count = (batch * down) / rows;
  return { ...reading, count, rows, across, reach: step * (rows - 1) + read };
}

/** The largest divisor up to `most`, or 1. */
export function largestDivisor(number: number, most: number): number {
  const divisors = range(number, (i) => i + 1).filter((i) => number % i === 0 && i <= most);
  return divisors.at(-1) ?? 1;
}

/** (count, reach): the rows that each band reads, of all images below each other. Of those beyond its image any other. */
export function rowsRead(bands: Bands): readonly number[] {
  const { height, reach } = bands;
  return eachBand(bands, ({ image, first }) =>
    range(reach, (i) => image * height + Math.min(Math.max(first + i, 0), height - 1)),
  );
}

/** (count): in which image each band lies. */
export function imagesOf(bands: Bands): readonly number[] {
  return eachBand(bands, ({ image }) => [image]);
}

/**
 * Places in a matrix of pixels, row by row. A place is the sum of its row's and its column's, so that a graph holds two
 * short lists and a run adds them up; what lies beyond the picture comes to `beyond` or more.
 */
export interface Places {
  /** (count, read, rows): of each band, for each row of pixels of a tile and each row of tiles. */
  readonly rows: readonly number[];
  /** (read, across) */
  readonly columns: readonly number[];
  readonly beyond: number;
}

/**
 * Of what tiles read among the pixels that their band reads: (read, read, rows, across). Where pixels are
 * `isShared`, the matrix has a row for each pixel of the band and each of a tile.
 */
export function placesRead(bands: Bands, isShared = false): Places {
  const { height, width, rows, across, step, left, read, reach } = bands;
  const [perPixel, perRow, perColumn] = isShared ? [read ** 2, read, 1] : [1, 0, 0];
  const beyond = reach * width * perPixel;
  const alongRows = eachBand(bands, ({ first }) =>
    grid([read, rows], (i, row) => {
      const y = row * step + i;
      return isInside(first + y, height) ? y * width * perPixel + i * perRow : beyond;
    }),
  );
  const columns = grid([read, across], (i, column) => {
    const x = column * step + i - left;
    return isInside(x, width) ? x * perPixel + i * perColumn : beyond;
  });
  return { rows: alongRows, columns, beyond };
}

/** Where a band's results lie among (tile, tile, rows, across): rows (rows * tile), columns (wide). */
export function placesOfResults({ tile, rows, across, wide }: Bands): Omit<Places, "beyond"> {
  const place = (at: number, inTile: number, perTile: number): number =>
    (at % tile) * inTile + Math.floor(at / tile) * perTile;
  return {
    rows: range(rows * tile, (y) => place(y, tile * rows * across, across)),
    columns: range(wide, (x) => place(x, rows * across, 1)),
  };
}

/** The nearest pixel of each of (tall, wide) places, in all images: rows (b * tall), columns (wide). */
export function nearestPlaces({
  batch,
  height,
  width,
  tall,
  wide,
}: Pick<Reading, "batch" | "height" | "width" | "tall" | "wide">): Omit<Places, "beyond"> {
  return {
    rows: grid(
      [batch, tall],
      (image, y) => (image * height + Math.floor((y * height) / tall)) * width,
    ),
    columns: range(wide, (x) => Math.floor((x * width) / wide)),
  };
}

function isInside(at: number, length: number): boolean {
  return at >= 0 && at < length;
}

interface Band {
  readonly image: number;
  /** The first row that it reads; before the image it is negative. */
  readonly first: number;
}

function eachBand(
  { batch, count, rows, step, top }: Bands,
  of: (band: Band) => readonly number[],
): readonly number[] {
  const perImage = count / batch;
  return grid([batch, perImage], (image, i) => of({ image, first: i * rows * step - top })).flat();
}

function grid<T>(
  [rows, columns]: readonly [number, number],
  of: (row: number, column: number) => T,
): T[] {
  return range(rows, (row) => range(columns, (column) => of(row, column))).flat();
}

function range<T>(length: number, of: (i: number) => T): T[] {
  return Array.from({ length }, (_, i) => of(i));
}
