import type { Generation } from "../contract/generation.ts";
import { type Cell, countCells, sheetId } from "../contract/grid.ts";
import { gridSheet } from "../drawing/grid-sheet.ts";
import { Turns } from "../files/turns.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { StoredImage } from "../gallery/image-row.ts";
import type { NewPicture } from "../gallery/keep-picture.ts";
import type { LiveQueue } from "./live-queue.ts";
import type { LogError } from "./refusals.ts";

export interface GridSheetParts {
  readonly live: LiveQueue;
  readonly gallery: Pick<Gallery, "has" | "fileOf" | "get" | "redraw">;
  readonly keep: (picture: NewPicture) => Promise<string>;
  /** Reports a sheet that was drawn again. */
  readonly tell: (image: StoredImage) => void;
  readonly logError: LogError;
}

/** A sheet that a crash prevented is drawn at the next start, unless its pictures are older than this. */
const RECENT_MS = 24 * 3_600_000;

/**
 * Draws the contact sheet of a grid once none of its pictures is open, and again if more are drawn later. It remains the
 * same picture, with its marks; one that was deleted is not drawn again.
 */
export class GridSheets {
  readonly #parts: GridSheetParts;
  readonly #turns = new Turns();

  constructor(parts: GridSheetParts) {
    this.#parts = parts;
    parts.live.watch((changed) => this.#look(changed));
  }

  /** Draws sheets that a crash prevented. */
  begin(now: Date): void {
    const since = new Date(now.getTime() - RECENT_MS).toISOString();
    const { queue } = this.#parts.live;
    this.#look(queue.list().filter(({ endedAt = "" }) => endedAt > since));
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
    const { gallery } = this.#parts;
    const { queue } = this.#parts.live;
    const cells = queue.ofGrid(grid.id);
    if (cells.some(({ state }) => state === "waiting" || state === "running")) return;
    const pictures = cells.flatMap((cell) => this.#pictureOf(cell));
    const id = sheetId(grid);
    const isKept = gallery.has(id);
    const shown = queue.sheets.picturesOf(grid.id);
    const isDeleted = shown !== undefined && !isKept;
    if (isDeleted || pictures.length <= (shown ?? 0)) return;
    // The existing sheet may contain cells that were removed from the queue.
    if (isKept && cells.length < countCells(grid)) return;
    const first = cells.find(({ imageId }) => imageId !== undefined && gallery.has(imageId));
    const { record, target } = await gallery.get(first?.imageId ?? "");
    await this.#put({ id, ...(await gridSheet(grid, pictures, record)), target }, isKept);
    queue.sheets.put(grid.id, pictures.length);
  }

  async #put(sheet: NewPicture & { readonly id: string }, isKept: boolean): Promise<void> {
    const { gallery, keep, tell } = this.#parts;
    if (!isKept) return void (await keep(sheet));
    const redrawn = await gallery.redraw(sheet.id, sheet);
    if (redrawn) tell(redrawn);
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
