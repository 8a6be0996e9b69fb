import type { DatabaseSync } from "node:sqlite";
import { openOrReplace } from "../database/database.ts";
import { MIGRATIONS } from "./migrations.ts";

export interface OpenedIndex {
  readonly database: DatabaseSync;
  /** That it could not be used, for a person. */
  readonly notice?: string;
}

/** Opens the index; one that cannot be used is set aside, and an empty one, to be rebuilt, is in its place. */
export function openIndex(path: string): OpenedIndex {
  const { database, lost } = openOrReplace(path, MIGRATIONS);
  if (lost === undefined) return { database };
  const kept = lost.aside === undefined ? "" : ` The old file was kept as ${lost.aside}.`;
  return {
    database,
    notice: `gallery.sqlite could not be used (${lost.reason}), so the gallery's index is rebuilt from the pictures.${kept}`,
  };
}
