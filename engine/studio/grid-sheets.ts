import type { Generation } from "../contract/generation.ts";
import { type Cell, countCells } from "../contract/grid.ts";
import { gridSheet } from "../drawing/grid-sheet.ts";
import { Turns } from "../files/turns.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { NewPicture } from "../gallery/keep-picture.ts";
import type { LiveQueue } from "./live-queue.ts";
import type { LogError } from "./refusals.ts";

export interface GridSheetParts {
  readonly live: LiveQueue;
  readonly gallery: Pick<Gallery, "has" | "fileOf" | "get" | "trash" | "emptyTrash">;
  readonly keep: (picture: NewPicture) => Promise<string>;
  readonly logError: LogError;
}

/** A sheet that a crash prevented is drawn at the next start, unless its pictures are older than this. */
const RECENT_MS = 24 * 3_600_000;

/** Draws the contact sheet of a grid once none of its pictures is open, and again if more are drawn later. */
export class GridSheets {
  readonly #parts: GridSheetParts;
  readonly #turns = new Turns();
  /** Number of pictures on each sheet of this run. */
  readonly #shown = new Map<string, number>();

  constructor(parts: GridSheetParts) {
    this.#parts = parts;
    parts.live.watch((changed) => this.#look(changed));
  }

  /** Draws sheets that a crash prevented. */
  begin(now: Date): void {
    const { live, gallery } = this.#parts;
    const since = new Date(now.getTime() - RECENT_MS).toISOString();
    const recent = live.queue.list().filter(({ endedAt = "" }) => endedAt > since);
    this.#look(recent.filter(({ order }) => order.grid && !gallery.has(sheetId(order.grid))));
  }

  /** Resolves once the sheets being drawn are stored. */
  async close(): Promise<void> {
    this.#parts.live.watch(() => {});
    await this.#turns.take(async () => {});
  }

  #look(changed: readonly Generation[]): void {
    const ended = changed.flatMap(({ state, order }) =>
      state === "waiting" || state === "running" || order.grid === undefined ? [] : [order.grid],
    );
    for (const grid of new Map(ended.map((one) => [one.id, one])).values()) {
      this.#turns
        .take(() => this.#draw(grid))
        .catch((error: unknown) => this.#parts.logError(error, "drawing a contact sheet"));
    }
  }

  async #draw(grid: Cell): Promise<void> {
    const { live, gallery, keep } = this.#parts;
    const cells = live.queue.ofGrid(grid.id);
    if (cells.some(({ state }) => state === "waiting" || state === "running")) return;
    const pictures = cells.flatMap((cell) => this.#pictureOf(cell));
    if (pictures.length <= (this.#shown.get(grid.id) ?? 0)) return;
    // The existing sheet may contain cells that were removed from the queue.
    if (cells.length < countCells(grid) && gallery.has(sheetId(grid))) return;
    const first = cells.find(({ imageId }) => imageId !== undefined && gallery.has(imageId));
    const { record, target } = await gallery.get(first?.imageId ?? "");
    const sheet = await gridSheet(grid, pictures, record);
    const id = sheetId(grid);
    if (gallery.has(id)) {
      await gallery.trash([id]);
      await gallery.emptyTrash([id]);
    }
    await keep({ id, ...sheet, target });
    this.#shown.set(grid.id, pictures.length);
  }

  /** Undefined if its file is missing, which leaves its place empty. */
  #pictureOf({ order: { grid }, imageId }: Generation) {
    if (grid?.column === undefined || grid.row === undefined || imageId === undefined) return [];
    try {
      return [{ column: grid.column, row: grid.row, picture: this.#parts.gallery.fileOf(imageId) }];
    } catch {
      return [];
    }
  }
}

function sheetId({ id }: Cell): string {
  return `grid-${id}`;
}
