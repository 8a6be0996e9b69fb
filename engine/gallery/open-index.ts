import type { DatabaseSync } from "node:sqlite";
import { type Migration, openOrReplace } from "../database/database.ts";

/**
 * The tables of gallery.sqlite. Everything in them can be read from the pictures again, except stars, ratings, tags,
 * albums and the folders of pictures, which mark-file.ts stores as well.
 *
 * - `images`: one row per picture. `path` is relative to the data folder if the file is inside it, so that the data
 *   folder can be moved; for a trashed picture it is its former path. `day` is the day, in the host's time zone, on
 *   which the picture was drawn.
 * - `texts`: the full-text index of the rows' prompts. It stores no text itself, and has no prefix indexes: they make
 *   writing and the check at start three times as slow, and without them one letter is found among 50,000 pictures in
 *   8 ms.
 * - `ratings`, `tags`, `albums`, `album_images`: people's marks, by the pictures' ids, including pictures that have no
 *   row at the moment. Names that differ only in the case of ASCII letters are equal.
 * - `moving`: pictures whose files are being written or moved. Entries that exist when the gallery opens were
 *   interrupted, and settle.ts repairs them.
 * - `rebuilds`: when the index was last completed by a rebuild; empty if it never was.
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
