import type { DatabaseSync } from "node:sqlite";
import { gridMember } from "./generation-table.ts";

/**
 * The SQL statements for the contact sheets that were drawn: how many pictures each shows. This outlives the sheet in the
 * gallery, so that one that was deleted is not drawn again, and ends with the grid's last generation.
 */
export class SheetTable {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The number of pictures on a grid's sheet; undefined if none was drawn. */
  picturesOf(grid: string): number | undefined {
    const row = this.#database.prepare("SELECT pictures FROM sheet WHERE grid = ?").get(grid);
    return row && Number(row["pictures"]);
  }

  put(grid: string, pictures: number): void {
    this.#database.prepare("INSERT OR REPLACE INTO sheet VALUES (?, ?)").run(grid, pictures);
  }

  /** Removes those of grids without generations. */
  removeStale(): void {
    this.#database.exec(
      `DELETE FROM sheet WHERE NOT EXISTS (SELECT 1 FROM generation WHERE ${gridMember("id")} = grid)`,
    );
  }
}
