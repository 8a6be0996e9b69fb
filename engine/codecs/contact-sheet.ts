import { fileURLToPath } from "node:url";
import sharp, { type OverlayOptions } from "sharp";
import type { Pixels } from "../image/pixels.ts";

/** A picture on a sheet, as the path or the bytes of its file, with its column and row from 0. */
export interface SheetPicture {
  readonly column: number;
  readonly row: number;
  readonly picture: string | Uint8Array;
}

/** The values from left to right, or from top to bottom. */
export interface SheetAxis {
  readonly title: string;
  readonly labels: readonly string[];
}

/** Inter for Latin letters; other scripts use the system's fonts. */
const FONT = fileURLToPath(new URL("../../assets/fonts/inter-latin.woff2", import.meta.url));
const PAPER = "#ffffff";
const INK = "#26221f";

/** Longest side in pixels; every viewer opens that, and the gallery reads it. */
const MAX_SIDE = 8192;
/** Limits memory: a sheet needs 3 bytes per pixel. */
const MAX_PIXELS = 40_000_000;
/** Minimum column width, so that the labels of narrow pictures can be read. */
const MIN_CELL = 96;
const GAP = 8;
const MARGIN = 24;
/** Maximum characters of a label; longer ones end in an ellipsis. */
const MAX_LABEL = 80;
const ROW_LABEL_WIDTH = 160;

/** Draws the pictures of a grid on one sheet, labelled by its axes; missing pictures are left blank. */
export async function contactSheet(
  pictures: readonly SheetPicture[],
  x: SheetAxis,
  y?: SheetAxis,
): Promise<{ readonly png: Uint8Array; readonly pixels: Pixels }> {
  const columns = x.labels.length;
  const rows = y?.labels.length ?? 1;
  const cell = await cellOf(pictures, columns, rows);
  const heads = await Promise.all(x.labels.map((label) => text(label, cell.width)));
  const sides = await Promise.all((y?.labels ?? []).map((label) => text(label, ROW_LABEL_WIDTH)));
  const titles = await Promise.all(
    [x, ...(y ? [y] : [])].map(({ title }) => text(title, 400, true)),
  );
  const [across, down] = titles;
  const top = MARGIN + tallest(titles) + GAP + tallest(heads) + GAP;
  const left =
    MARGIN + (y ? Math.max(...[...sides, down].map((one) => one?.width ?? 0)) + GAP * 2 : 0);
  const placeOf = (column: number, row: number) => ({
    left: left + column * (cell.width + GAP),
    top: top + row * (cell.height + GAP),
  });
  const end = placeOf(columns, rows);
  const layers: OverlayOptions[] = [
    ...(across ? [{ input: across.png, left, top: MARGIN }] : []),
    ...(down ? [{ input: down.png, left: MARGIN, top: MARGIN }] : []),
    ...heads.map(({ png, height }, column) => ({
      input: png,
      left: placeOf(column, 0).left,
      top: top - GAP - height,
    })),
    ...sides.map(({ png, height }, row) => ({
      input: png,
      left: MARGIN,
      top: placeOf(0, row).top + Math.max(0, Math.round((cell.height - height) / 2)),
    })),
    ...(await Promise.all(
      pictures.map(async ({ column, row, picture }) => ({
        input: await fitted(picture, cell),
        ...placeOf(column, row),
      })),
    )),
  ];
  const width = Math.max(end.left - GAP, left + (across?.width ?? 0)) + MARGIN;
  const size = { width, height: end.top - GAP + MARGIN };
  const sheet = sharp({ create: { ...size, channels: 3, background: PAPER } }).composite(layers);
  const data = await sheet.removeAlpha().raw().toBuffer();
  const raw = { ...size, channels: 3 } as const;
  return { png: await sharp(data, { raw }).png().toBuffer(), pixels: { ...size, data } };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of every cell: that of the largest picture, scaled down if the sheet would be too large. */
async function cellOf(
  pictures: readonly SheetPicture[],
  columns: number,
  rows: number,
): Promise<Size> {
  const sizes = await Promise.all(pictures.map(({ picture }) => sharp(picture).metadata()));
  const width = Math.max(MIN_CELL, ...sizes.map((size) => size.width));
  const height = Math.max(MIN_CELL, ...sizes.map((size) => size.height));
  const room = MAX_SIDE - 2 * MARGIN - 2 * ROW_LABEL_WIDTH;
  const scale = Math.min(
    1,
    (room / columns - GAP) / width,
    (room / rows - GAP) / height,
    Math.sqrt(MAX_PIXELS / (columns * rows * width * height)),
  );
  return { width: Math.floor(width * scale), height: Math.floor(height * scale) };
}

function fitted(picture: string | Uint8Array, { width, height }: Size): Promise<Buffer> {
  return sharp(picture)
    .resize({ width, height, fit: "contain", background: PAPER, withoutEnlargement: true })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

interface Drawn extends Size {
  readonly png: Buffer;
}

function tallest(texts: readonly Drawn[]): number {
  return Math.max(0, ...texts.map(({ height }) => height));
}

/** Renders text as a picture, wrapped at a width in pixels. Pango markup in it is shown literally. */
async function text(words: string, width: number, isStrong = false): Promise<Drawn> {
  const plain = words.replaceAll(/\p{Cc}+/gu, " ").toWellFormed();
  const letters = Array.from(plain);
  const short = letters.length > MAX_LABEL ? `${letters.slice(0, MAX_LABEL).join("")}…` : plain;
  const marked = short.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const weight = isStrong ? ' weight="600"' : "";
  const { data, info } = await sharp({
    text: {
      // A placeholder keeps the line height of an empty label.
      text: `<span foreground="${INK}"${weight}>${marked.trim() === "" ? "–" : marked}</span>`,
      font: "Inter Variable 11",
      fontfile: FONT,
      width,
      rgba: true,
      dpi: 96,
      wrap: "word-char",
    },
  })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { png: data, width: info.width, height: info.height };
}
