import { basename } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { DamagedDatabase, openDatabase } from "../database/database.ts";
import { setAside } from "../database/set-aside.ts";
import { MIGRATIONS } from "./migrations.ts";

export interface OpenedIndex {
  readonly database: DatabaseSync;
  /** That it was damaged, for a person. */
  readonly notice?: string;
}

/** Opens the index; a damaged one is set aside, and an empty one, to be rebuilt, is in its place. */
export function openIndex(path: string): OpenedIndex {
  try {
    return { database: openDatabase(path, MIGRATIONS) };
  } catch (error) {
    if (!(error instanceof DamagedDatabase)) throw error;
    const aside = basename(setAside(path));
    const notice = `The gallery's index was damaged. It was kept as ${aside}, and a new one is built from the pictures.`;
    return { database: openDatabase(path, MIGRATIONS), notice };
  }
}
