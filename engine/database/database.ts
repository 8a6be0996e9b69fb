import { DatabaseSync } from "node:sqlite";
import { StudioError } from "../contract/errors.ts";
import { copyBeside } from "./copy-beside.ts";
import { inTransaction } from "./transaction.ts";
import { sqliteCode } from "../files/system-error.ts";

/** One step from a version of a database's tables to the next. Once released, it is never changed. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** The file is no database, or its pages do not fit together: set it aside, and build a new one. */
export class DamagedDatabase extends Error {
  readonly path: string;

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`The database ${path} is damaged: ${reason}`, options);
    this.name = "DamagedDatabase";
    this.path = path;
  }
}

/** Milliseconds that a statement waits for another process to let go of the file. */
const BUSY_TIMEOUT_MS = 5000;

/** Set on every connection and read back: libraries and builds have defaults of their own. */
const DURABILITY = [
  // A commit is on the disk when it returns; one sync per picture costs nothing that is felt.
  { set: "journal_mode = WAL", pragma: "journal_mode", wanted: "wal" },
  { set: "synchronous = FULL", pragma: "synchronous", wanted: 2 },
  { set: "foreign_keys = ON", pragma: "foreign_keys", wanted: 1 },
  { set: `busy_timeout = ${BUSY_TIMEOUT_MS}`, pragma: "busy_timeout", wanted: BUSY_TIMEOUT_MS },
];

/**
 * Opens a database, checks that it is sound and brings its tables up to date; a new file is made
 * where there is none. Throws DamagedDatabase for what cannot be read as a database, and StudioErrors
 * for a folder that cannot be used; then nothing was changed.
 */
export function openDatabase(path: string, migrations: readonly Migration[]): DatabaseSync {
  return naming(path, () => {
    const database = new DatabaseSync(path);
    try {
      makeDurable(database, path);
      checkSoundness(database, path);
      migrate(database, path, migrations);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

function makeDurable(database: DatabaseSync, path: string): void {
  for (const { set, pragma, wanted } of DURABILITY) {
    database.exec(`PRAGMA ${set}`);
    const found = readPragma(database, pragma);
    if (found === wanted) continue;
    const reason = `its file system does not allow ${pragma} to be ${wanted}`;
    throw new StudioError("DATA_FOLDER_UNUSABLE", { path, reason });
  }
}

function checkSoundness(database: DatabaseSync, path: string): void {
  const verdict = readPragma(database, "quick_check(1)");
  if (verdict !== "ok") throw new DamagedDatabase(path, String(verdict));
}

function migrate(database: DatabaseSync, path: string, migrations: readonly Migration[]): void {
  const version = Number(readPragma(database, "user_version"));
  if (version > migrations.length) {
    const reason = `a newer version of Darkroom has written it (${version})`;
    throw new StudioError("DATA_FOLDER_UNUSABLE", { path, reason });
  }
  for (const [index, { sql }] of migrations.entries()) {
    if (index < version) continue;
    if (index > 0) copyBeside(database, path, index);
    inTransaction(database, () => database.exec(`${sql}; PRAGMA user_version = ${index + 1}`));
  }
}

function readPragma(database: DatabaseSync, pragma: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
}

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const DAMAGED = new Set([11, 26]); // CORRUPT, NOTADB
const UNUSABLE = new Set([3, 8, 14]); // PERM, READONLY, CANTOPEN
const FULL = 13;

function naming<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw named(path, error);
  }
}

function named(path: string, error: unknown): unknown {
  const extended = sqliteCode(error);
  if (extended === undefined) return error;
  const code = extended & 0xff;
  const reason = error instanceof Error ? error.message : String(error);
  if (DAMAGED.has(code)) return new DamagedDatabase(path, reason, { cause: error });
  if (UNUSABLE.has(code)) {
    return new StudioError("DATA_FOLDER_UNUSABLE", { path, reason }, { cause: error });
  }
  if (code !== FULL) return error;
  return new StudioError("DISK_FULL", { path, needed: "a few MB" }, { cause: error });
}
