import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { StudioError } from "../contract/errors.ts";
import {
  type Axis,
  type Cell,
  type CellRequest,
  cellRequests,
  checkGrid,
  countCells,
  type Grid,
} from "../contract/grid.ts";
import type { GenerationRecord } from "../contract/image-record.ts";
import { STARTER_ID } from "../contract/models.ts";
import type { GenerationRequest } from "../contract/request.ts";
import type { Drawing, DrawingInputs, PlannedPicture } from "../drawing/drawing.ts";
import { gridSheet, recordedSheet, type SheetPicture } from "../drawing/grid-sheet.ts";
import { randomSeed } from "../drawing/random-seed.ts";
import { modelName, STARTER } from "../drawing/read-model.ts";
import {
  type DrawingFlags,
  type DrawingHere,
  modelFolder,
  reportWork,
  withDrawing,
  writeReported,
} from "./draw-here.ts";
import { note, printResult } from "./outcome.ts";
import { checkFree, sheetOut, writePicture } from "./picture-file.ts";
import { styledAll } from "./styles.ts";

interface AskedGrid {
  readonly request: GenerationRequest;
  readonly grid: Grid;
  readonly flags: DrawingFlags;
  readonly here: Omit<DrawingHere, "typed">;
}

/** Draws and writes a picture for each cell of a grid, then a contact sheet of them. */
export async function generateGrid({ grid: typed, flags, here, ...asked }: AskedGrid) {
  const { out, force = false } = flags;
  const { grid, folders } = await withFolders(typed, here.signal);
  const request = { ...asked.request, seed: asked.request.seed ?? randomSeed() };
  checkGrid(grid, { ...request, ...(here.initImage && { initImageId: here.initImage.name }) });
  await checkFree({ out, force, count: countCells(grid) });
  await checkFree({ out: sheetOut(out), force, count: 1 });
  await withDrawing(flags, here, async (drawing, shared) => {
    const usual = await modelFolder(flags.model, here.signal);
    const cells = cellRequests(request, grid).map((cell) => {
      const model = folders.get(cell.request.model ?? "") ?? usual;
      return { ...cell, inputs: { ...shared, model } };
    });
    const cellAt = { id: randomUUID(), ...grid };
    const pictures = await planned(drawing, cells, cellAt);
    await drawPlanned(drawing, { pictures, request, grid: cellAt, flags });
  });
}

/**
 * The grid with models by name, since a picture records only the name, and the folder of each name. Refuses two models
 * with the same name.
 */
async function withFolders(
  { x, y }: Grid,
  signal: AbortSignal,
): Promise<{ readonly grid: Grid; readonly folders: ReadonlyMap<string, string> }> {
  const folders = new Map<string, string>();
  const named = async (axis: Axis): Promise<Axis> => {
    if (axis.setting !== "model") return axis;
    const values: string[] = [];
    for (const path of axis.values) values.push(await addModel(folders, path, signal));
    return { ...axis, values };
  };
  const across = await named(x);
  return { grid: { x: across, ...(y && { y: await named(y) }) }, folders };
}

/** Adds the model of a path, or the starter, and returns its name. */
async function addModel(
  folders: Map<string, string>,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  const folder =
    path === STARTER_ID ? STARTER : resolve((await modelFolder(path, signal)) ?? STARTER);
  const name = modelName(folder).replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
  const other = folders.get(name);
  if (other !== undefined && other !== folder) {
    const reason = "another model of this grid has the same name, so rename one of their folders";
    throw new StudioError("REQUEST_INVALID", { field: "The model", value: path, reason });
  }
  folders.set(name, folder);
  return name;
}

interface PlannedCell extends CellRequest {
  readonly inputs: DrawingInputs;
}

/** The pictures of all cells. Refuses settings that a model cannot draw before the first picture. */
async function planned(
  drawing: Drawing,
  cells: readonly PlannedCell[],
  cellAt: Cell,
): Promise<readonly PlannedPicture[]> {
  const styled = await styledAll(cells.map(({ request }) => request));
  const pictures: PlannedPicture[] = [];
  for (const [i, { column, row, inputs: shared }] of cells.entries()) {
    const { request, typed } = styled[i] ?? {};
    const inputs = { ...shared, typed };
    for (const order of await drawing.orders(request, inputs)) {
      pictures.push({ order: { ...order, grid: { ...cellAt, column, row } }, inputs });
    }
  }
  return pictures;
}

interface PlannedGrid {
  readonly pictures: readonly PlannedPicture[];
  readonly request: GenerationRequest;
  readonly grid: Cell;
  readonly flags: DrawingFlags;
}

async function drawPlanned(drawing: Drawing, plan: PlannedGrid): Promise<void> {
  const { request, grid, pictures } = plan;
  const flags = { ...plan.flags, count: pictures.length };
  if (flags.json !== true) note(`${pictures.length} pictures: ${inWords(grid)}.`);
  const drawn: DrawnCell[] = [];
  try {
    for await (const event of drawing.drawAll(pictures)) {
      reportWork(event, flags);
      if (event.kind !== "image") continue;
      const { column = 0, row = 0 } = event.record.grid ?? {};
      const image = row * grid.x.values.length + column;
      const label = `${image + 1} ${valuesAt(grid, column, row)}`;
      const told = { column, row };
      const writing = { prompt: request.prompt, image, label, flags, told };
      const path = await writeReported(event, writing);
      drawn.push({ column, row, picture: path, record: event.record });
    }
  } finally {
    await writeSheet(drawn, { ...plan, flags });
  }
}

interface DrawnCell extends SheetPicture {
  readonly record: GenerationRecord;
}

/** Writes the contact sheet of the finished pictures, even if some are missing. */
async function writeSheet(
  drawn: readonly DrawnCell[],
  { request, grid, flags }: Omit<PlannedGrid, "pictures">,
): Promise<void> {
  const [first] = drawn;
  if (first === undefined) return;
  const sheet = await gridSheet(grid, drawn, first.record);
  const { out, force = false, json } = flags;
  const isSeedVaried = [grid.x, grid.y].some((axis) => axis?.setting === "seed");
  const path = await writePicture(recordedSheet(sheet), {
    out: sheetOut(out),
    prompt: request.prompt,
    seed: isSeedVaried ? undefined : request.seed,
    label: "grid",
    image: 0,
    count: 1,
    force,
  });
  const { width, height } = sheet.pixels;
  printResult(json, { type: "sheet", path, width, height, pictures: drawn.length }, path);
}

function inWords({ x, y }: Grid): string {
  return [x, ...(y ? [y] : [])]
    .map(({ setting, values }) => `${setting} ${values.join(", ")}`)
    .join(" by ");
}

/** The values of a cell, such as `steps 10 guidance 7.5`. */
function valuesAt({ x, y }: Grid, column: number, row: number): string {
  const sides = [
    `${x.setting} ${x.values[column]}`,
    ...(y ? [`${y.setting} ${y.values[row]}`] : []),
  ];
  return sides.join(" ");
}
