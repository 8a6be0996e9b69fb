import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { type GenerationRecord, recordSchema } from "../contract/image-record.ts";
import { secondsSchema } from "../contract/progress.ts";
import { inTransaction, withReserve } from "../database/transaction.ts";
import type { ImageRow } from "./image-row.ts";
import { localDay } from "./local-day.ts";
import { indexedText } from "./search-words.ts";

const COLUMNS =
  "number, id, path, size_bytes, record, target, seconds, created_at, is_starred, is_trashed, model, width, height";

type Columns = Record<string, SQLOutputValue>;

/** The rows of gallery.sqlite, and their full-text index. */
export class ImageRows {
  readonly #database: DatabaseSync;
  readonly #find: StatementSync;
  readonly #findMany: StatementSync;
  readonly #insert: StatementSync;
  readonly #insertTexts: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteTexts: StatementSync;
  readonly #announce: StatementSync;
  readonly #settle: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#find = database.prepare(`SELECT ${COLUMNS} FROM images WHERE id = ?`);
    this.#findMany = database.prepare(
      `SELECT ${COLUMNS} FROM images WHERE id IN (SELECT value FROM json_each(?))`,
    );
    this.#insert = database.prepare(
      `INSERT INTO images (id, path, size_bytes, record, target, seconds, created_at, day, is_starred, is_trashed)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertTexts = database.prepare(
      "INSERT INTO texts (rowid, prompt, negative_prompt) VALUES (?, ?, ?)",
    );
    this.#delete = database.prepare("DELETE FROM images WHERE number = ?");
    this.#deleteTexts = database.prepare("DELETE FROM texts WHERE rowid = ?");
    this.#announce = database.prepare("INSERT OR REPLACE INTO moving (id, path) VALUES (?, ?)");
    this.#settle = database.prepare("DELETE FROM moving WHERE id = ?");
  }

  get(id: string): ImageRow | undefined {
    const found = this.#find.get(id);
    return found && toRow(found);
  }

  /** The rows that exist, in no particular order. */
  getMany(ids: readonly string[]): ImageRow[] {
    return this.#findMany.all(JSON.stringify(ids)).map(toRow);
  }

  /** Where the file of every picture should be. */
  places(): Pick<ImageRow, "id" | "path" | "isTrashed">[] {
    const rows = this.#database.prepare("SELECT id, path, is_trashed FROM images").all();
    return rows.map(({ id, path, is_trashed }) => ({
      id: String(id),
      path: String(path),
      isTrashed: is_trashed === 1,
    }));
  }

  /** The ids of all start images. */
  startImages(): ReadonlySet<string> {
    const rows = this.#database
      .prepare(
        `SELECT DISTINCT record ->> 'initImageId' AS start FROM images
         WHERE instr(record, '"initImageId"') > 0 AND json_valid(record)`,
      )
      .all();
    return new Set(rows.flatMap(({ start }) => (typeof start === "string" ? [start] : [])));
  }

  /** Does all of `work` or nothing. */
  atOnce<T>(work: () => T): T {
    return inTransaction(this.#database, work);
  }

  /** Adds the row or replaces the one with its id; its files must be in place. */
  put(row: ImageRow): void {
    this.atOnce(() => {
      this.remove(row.id);
      const { lastInsertRowid } = this.#insert.run(
        row.id,
        row.path,
        row.sizeBytes,
        JSON.stringify(row.record),
        row.target,
        row.seconds === undefined ? null : JSON.stringify(row.seconds),
        row.createdAt,
        localDay(new Date(row.createdAt)),
        Number(row.isStarred),
        Number(row.isTrashed),
      );
      const { prompt, negativePrompt } = row.record;
      this.#insertTexts.run(lastInsertRowid, indexedText(prompt), indexedText(negativePrompt));
      this.settle(row.id);
    });
  }

  /** Works on a full disk, too. */
  remove(id: string): void {
    withReserve(this.#database, () => {
      const number = this.#find.get(id)?.["number"];
      if (number === undefined) return;
      this.#deleteTexts.run(number);
      this.#delete.run(number);
    });
  }

  star(ids: readonly string[], isStarred: boolean): void {
    this.atOnce(() =>
      this.#database
        .prepare("UPDATE images SET is_starred = ? WHERE id IN (SELECT value FROM json_each(?))")
        .run(Number(isStarred), JSON.stringify(ids)),
    );
  }

  /** Ids of starred pictures, and of all others. */
  stars(): { readonly starred: readonly string[]; readonly others: readonly string[] } {
    const select = this.#database.prepare("SELECT id FROM images WHERE is_starred = ?");
    const [others = [], starred = []] = [0, 1].map((is) =>
      select.all(is).map(({ id }) => String(id)),
    );
    return { starred, others };
  }

  /** Number of rows with a damaged record; the pictures still contain theirs. */
  get damaged(): number {
    const count = "SELECT count(*) AS count FROM images WHERE NOT json_valid(record)";
    return Number(this.#database.prepare(count).get()?.["count"]);
  }

  /** Marks the index for a rebuild. */
  markIncomplete(): void {
    this.atOnce(() => this.#database.exec("DELETE FROM rebuilds"));
  }

  /** Records where a picture's file was moved; works on a full disk, too. */
  place(id: string, path: string, isTrashed: boolean): void {
    withReserve(this.#database, () => {
      this.#database
        .prepare("UPDATE images SET path = ?, is_trashed = ? WHERE id = ?")
        .run(path, Number(isTrashed), id);
      this.settle(id);
    });
  }

  /** Records that a picture's file is about to be written to `path`. */
  announce(id: string, path: string): void {
    this.atOnce(() => this.#announce.run(id, path));
  }

  /** Records that a picture's file is about to be moved from or to `path`; works on a full disk, too. */
  announceMove(id: string, path: string): void {
    withReserve(this.#database, () => this.#announce.run(id, path));
  }

  settle(id: string): void {
    this.atOnce(() => this.#settle.run(id));
  }

  /** Announced writes and moves that were never settled. */
  announced(): { readonly id: string; readonly path: string }[] {
    const rows = this.#database.prepare("SELECT id, path FROM moving").all();
    return rows.map(({ id, path }) => ({ id: String(id), path: String(path) }));
  }

  get wasRebuilt(): boolean {
    return this.#database.prepare("SELECT 1 FROM rebuilds").get() !== undefined;
  }

  /** Marks the index as complete, and optimizes the full-text index. */
  markRebuilt(at: Date): void {
    this.#database.exec("INSERT INTO texts (texts) VALUES ('optimize')");
    this.#database.prepare("INSERT INTO rebuilds VALUES (?)").run(at.toISOString());
  }
}

/** Parts of a row that cannot be read are left out, and stay in the table. */
function toRow(columns: Columns): ImageRow {
  const text = (name: string) => String(columns[name]);
  const seconds = secondsSchema.safeParse(readJson(columns["seconds"])).data;
  return {
    id: text("id"),
    path: text("path"),
    sizeBytes: Number(columns["size_bytes"]),
    record: readRecord(columns),
    target: text("target"),
    ...(seconds === undefined ? {} : { seconds }),
    createdAt: text("created_at"),
    isStarred: columns["is_starred"] === 1,
    isTrashed: columns["is_trashed"] === 1,
  };
}

const PARTIAL_RECORD = recordSchema.partial();

/**
 * The part of a record that this version knows: another one may have stored other names. For a damaged record, SQLite
 * has the model and the size in separate columns.
 */
function readRecord(columns: Columns): GenerationRecord {
  const stored = readJson(columns["record"]);
  const whole = recordSchema.safeParse(stored).data;
  if (whole !== undefined) return whole;
  const known = Object.entries(Object(stored)).filter(
    ([name, value]) => PARTIAL_RECORD.safeParse({ [name]: value }).success,
  );
  const { model, width, height } = columns;
  return recordSchema.parse({
    ...UNKNOWN_RECORD,
    model,
    width,
    height,
    ...Object.fromEntries(known),
  });
}

const UNKNOWN_RECORD = {
  prompt: "",
  negativePrompt: "",
  device: "unknown",
  software: "unknown",
  version: "unknown",
};

function readJson(stored: SQLOutputValue | undefined): unknown {
  try {
    return typeof stored === "string" ? JSON.parse(stored) : undefined;
  } catch {
    return undefined;
  }
}
