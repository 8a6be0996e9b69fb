import type { DatabaseSync } from "node:sqlite";
import { type Migration, openOrReplace } from "../database/database.ts";

/**
 * The tables of gallery.sqlite. They hold nothing that could not be read out of the pictures again but
 * for stars, ratings, tags, albums and the folders that were used, which keepsakes.ts keeps.
 *
 * - `images`: one row a picture. `path` is relative to the data folder where the picture lies in it, so
 *   that the data folder can be moved; of a trashed picture it says where it came from. `day` is the
 *   host's own day when the picture was drawn.
 * - `texts`: the full-text index over the rows' prompts; it keeps no text of its own, and no indexes of
 *   prefixes: they make writing and the check at start three times as long, and one letter is found in
 *   8 ms among 50,000 pictures without them.
 * - `ratings`, `tags`, `albums`, `album_images`: what people say of pictures, by the pictures' ids, also of
 *   those whose rows are gone for now. Names that differ only in the case of ASCII letters are one.
 * - `moving`: pictures whose files are being written or moved. What is in it when the gallery opens was
 *   cut short, and is looked after (settle.ts).
 * - `rebuilds`: when the index was last complete; empty where it never was.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: "images",
    sql: `
      CREATE TABLE images (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        path TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        record TEXT NOT NULL,
        target TEXT NOT NULL,
        seconds TEXT,
        created_at TEXT NOT NULL,
        day TEXT NOT NULL,
        is_starred INTEGER NOT NULL DEFAULT 0,
        is_trashed INTEGER NOT NULL DEFAULT 0,
        model TEXT NOT NULL GENERATED ALWAYS AS (record ->> 'model') STORED,
        width INTEGER NOT NULL GENERATED ALWAYS AS (record ->> 'width') STORED,
        height INTEGER NOT NULL GENERATED ALWAYS AS (record ->> 'height') STORED
      ) STRICT;
      CREATE INDEX images_by_day ON images (
        is_trashed, day, created_at, id, model, target, width, height, is_starred
      );
      CREATE INDEX images_by_facet ON images (is_trashed, model, target, width, height, is_starred);
      CREATE VIRTUAL TABLE texts USING fts5 (
        prompt, negative_prompt,
        content = '', contentless_delete = 1,
        tokenize = "unicode61 remove_diacritics 2"
      );
      CREATE TABLE moving (id TEXT PRIMARY KEY, path TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE rebuilds (finished_at TEXT NOT NULL) STRICT;
    `,
  },
  {
    name: "marks",
    sql: `
      CREATE TABLE ratings (
        id TEXT PRIMARY KEY, rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE tags (
        name TEXT NOT NULL COLLATE NOCASE, id TEXT NOT NULL, PRIMARY KEY (name, id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX tags_of_image ON tags (id, name);
      CREATE TABLE albums (
        number INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE COLLATE NOCASE,
        place INTEGER NOT NULL,
        cover TEXT
      ) STRICT;
      CREATE TABLE album_images (
        album INTEGER NOT NULL REFERENCES albums ON DELETE CASCADE,
        id TEXT NOT NULL,
        PRIMARY KEY (album, id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX albums_of_image ON album_images (id, album);
    `,
  },
];

export interface OpenedIndex {
  readonly database: DatabaseSync;
  /** Notice that the index could not be used. */
  readonly notice?: string;
}

/** Opens the index; one that cannot be used is moved aside and replaced by an empty one, to be rebuilt. */
export function openIndex(path: string): OpenedIndex {
  const { database, lost } = openOrReplace(path, MIGRATIONS);
  if (lost === undefined) return { database };
  const kept = lost.aside === undefined ? "" : ` The old file was kept as ${lost.aside}.`;
  return {
    database,
    notice: `gallery.sqlite could not be used (${lost.reason}), so the gallery's index is rebuilt from the pictures.${kept}`,
  };
}
