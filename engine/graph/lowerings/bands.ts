/**
 * How a convolution is tiled: each tile of results is computed from a square of pixels. In a plain convolution a tile
 * is a single result and reads as many pixels as the kernel has.
 */
export interface Tiling {
  /** Results along one side of a tile. */
  readonly tile: number;
  /** Distance in pixels from one tile to the next. */
  readonly step: number;
  /** Pixels along one side of the square that a tile reads. */
  readonly read: number;
}

/** The size of a convolution's input and output, and the start of the input's padding. */
export interface Reading extends Tiling {
  readonly batch: number;
  /** Size of the input, in pixels. */
  readonly height: number;
  readonly width: number;
  /** Size of the output, in results. */
  readonly tall: number;
  readonly wide: number;
  /** Rows and columns of zero padding before the first pixel. */
  readonly top: number;
  readonly left: number;
}

/** An output divided into bands of rows of tiles. All bands have the same size, and no band spans two images. */
export interface Bands extends Reading {
  readonly count: number;
  /** Rows of tiles in a band. */
  readonly rows: number;
  /** Tiles in a row. */
  readonly across: number;
  /** Rows of pixels that a band reads. */
  readonly reach: number;
}

/** Bands of at most `mostTiles` tiles, or of a single row of tiles if a row is larger. */
export function bandsOf(reading: Reading, mostTiles: number): Bands {
  const { batch, tall, wide, tile, step, read } = reading;
  const [down, across] = [Math.ceil(tall / tile), Math.ceil(wide / tile)];
  const rows = largestDivisor(down, mostTiles / across);
  const count = (batch * down) / rows;
  return { ...reading, count, rows, across, reach: step * (rows - 1) + read };
}

/** The largest divisor of `number` that is at most `most`; 1 if there is no other. */
export function largestDivisor(number: number, most: number): number {
  const divisors = range(number, (i) => i + 1).filter((i) => number % i === 0 && i <= most);
  return divisors.at(-1) ?? 1;
}

/**
 * The rows that each band reads, (count, reach), numbered through all images stacked on top of each other. A row
 * outside the band's own image is replaced by an arbitrary valid one.
 */
export function rowsRead(bands: Bands): readonly number[] {
  const { height, reach } = bands;
  return eachBand(bands, ({ image, first }) =>
    range(reach, (i) => image * height + Math.min(Math.max(first + i, 0), height - 1)),
  );
}

/** The image that each band belongs to, (count). */
export function imagesOf(bands: Bands): readonly number[] {
  return eachBand(bands, ({ image }) => [image]);
}

/**
 * Row indices into a matrix of pixels in row-major order. An index is the sum of a row part and a column part, so the
 * graph stores two short lists and adds them at run time. Positions outside the picture add up to `beyond` or more.
 */
export interface Places {
  /** (count, read, rows): for each band, for each row of pixels in a tile and each row of tiles. */
  readonly rows: readonly number[];
  /** (read, across) */
  readonly columns: readonly number[];
  readonly beyond: number;
}

/**
 * Indices of the pixels that tiles read, among the pixels that their band reads: (read, read, rows, across). Where
 * pixels are `isShared`, the matrix has one row for each combination of a pixel of the band and a pixel of a tile.
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

/** Where a band's results are in (tile, tile, rows, across): rows (rows * tile), columns (wide). */
export function placesOfResults({ tile, rows, across, wide }: Bands): Omit<Places, "beyond"> {
  const place = (at: number, inTile: number, perTile: number): number =>
    (at % tile) * inTile + Math.floor(at / tile) * perTile;
  return {
    rows: range(rows * tile, (y) => place(y, tile * rows * across, across)),
    columns: range(wide, (x) => place(x, rows * across, 1)),
  };
}

/**
 * For each position of an enlarged picture the index of the nearest pixel, over all images: rows (b * tall), columns
 * (wide).
 */
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
  /** The first row that is read; negative if it is above the image. */
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
