import type { Migration } from "../database/database.ts";

/** The queue's tables, one migration per version. */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: "generations",
    sql: `
      CREATE TABLE generation (
        id TEXT PRIMARY KEY,
        state TEXT NOT NULL,
        -- Among open ones the order of drawing, among those that have ended the order of ending; what
        -- is new at either end lies beyond all others.
        place INTEGER NOT NULL,
        generation_order TEXT NOT NULL,
        target TEXT NOT NULL,
        created_at TEXT NOT NULL,
        started_at TEXT,
        ended_at TEXT,
        image_id TEXT,
        error TEXT
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX generation_by_state ON generation (state, place);
      CREATE INDEX generation_by_place ON generation (place);
      CREATE UNIQUE INDEX generation_one_running ON generation (target) WHERE state = 'running';
      CREATE TABLE queue (only INTEGER PRIMARY KEY CHECK (only = 1), is_paused INTEGER NOT NULL) STRICT;
      INSERT INTO queue VALUES (1, 0);
    `,
  },
  {
    name: "other targets",
    sql: `
      -- Lists as JSON: what other targets would draw, and where it was tried and why it never started there.
      ALTER TABLE generation ADD COLUMN elsewhere TEXT;
      ALTER TABLE generation ADD COLUMN tried TEXT;
    `,
  },
  {
    name: "contact sheets",
    sql: `
      CREATE TABLE sheet (grid TEXT PRIMARY KEY, pictures INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    `,
  },
];
