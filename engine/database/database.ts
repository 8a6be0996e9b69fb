import { constants, existsSync, lstatSync, statfsSync } from "node:fs";
import { basename, dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StudioError } from "../contract/errors.ts";
import { type AsideReason, faultOf, setAside } from "../files/stored-file.ts";
import { copyBeside } from "./copy-beside.ts";
import { keepReserve, useReserveAsLog } from "./reserve.ts";
import { inTransaction } from "./transaction.ts";
import { sqliteCode } from "../files/system-error.ts";

/** A step from one version of a database's tables to the next. Once released, it is never changed. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/**
 * The file cannot be used as a database: it is not a regular file, it is damaged, or a newer version has other tables.
 * It is to be moved aside and replaced by a new one.
 */
export class UnusableDatabase extends Error {
  /** The reason, as the end of a sentence. */
  readonly reason: string;
  readonly as: AsideReason;

  constructor(reason: string, as: AsideReason = "damaged", options?: ErrorOptions) {
    super(`The database cannot be used: ${reason}`, options);
    this.name = "UnusableDatabase";
    this.reason = reason;
    this.as = as;
  }
}

/** An open database, and what happened to an earlier one that could not be used. */
export interface OpenedDatabase {
  readonly database: DatabaseSync;
  readonly lost?: {
    /** The reason, as the end of a sentence. */
    readonly reason: string;
    /** The file name it was moved to; absent if it was empty. */
    readonly aside?: string;
  };
}

/** SQLite's files beside a database. */
const BESIDE = ["-wal", "-shm", "-journal"];

/** Opens a database as `openDatabase` does; one that cannot be used is moved aside and replaced by a new one. */
export function openOrReplace(path: string, migrations: readonly Migration[]): OpenedDatabase {
  const wasEmptied = sizeOf(path) === 0;
  try {
    const database = openDatabase(path, migrations);
    return wasEmptied ? { database, lost: { reason: "it is empty" } } : { database };
  } catch (error) {
    if (!(error instanceof UnusableDatabase)) throw error;
    const aside = setAside(path, { as: error.as, suffixes: BESIDE });
    const database = openDatabase(path, migrations);
    return { database, lost: { reason: error.reason, aside } };
  }
}

/** Milliseconds that a statement waits for another process to release the file. */
const BUSY_TIMEOUT_MS = 5000;

/** Set on every connection and checked: libraries and builds have other defaults. */
const DURABILITY = [
  // A commit is on the disk when it returns; one sync per picture is not noticeable.
  { set: "journal_mode = WAL", pragma: "journal_mode", wanted: "wal" },
  { set: "synchronous = FULL", pragma: "synchronous", wanted: 2 },
  { set: "foreign_keys = ON", pragma: "foreign_keys", wanted: 1 },
  { set: `busy_timeout = ${BUSY_TIMEOUT_MS}`, pragma: "busy_timeout", wanted: BUSY_TIMEOUT_MS },
];

/**
 * Opens a database, checks it and updates its tables; makes a new file if there is none. Throws UnusableDatabase for a
 * file that cannot be used, and StudioErrors for such a folder; then nothing has been changed.
 */
export function openDatabase(path: string, migrations: readonly Migration[]): DatabaseSync {
  return naming(path, () => {
    checkFiles(path);
    const database = connect(path);
    try {
      checkSoundness(database);
      migrate(database, path, migrations);
      keepReserve(path);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const DAMAGED = new Set([11, 26]); // CORRUPT, NOTADB
const CANTOPEN = 14;
const UNUSABLE = new Set([3, 8, CANTOPEN]); // PERM, READONLY
const FULL = 13;

/**
 * How SQLite reports that a full disk has no space for its files, https://www.sqlite.org/rescode.html:
 * SQLITE_IOERR_SHMSIZE for the index of the log, a file of 32 kB; SQLITE_CANTOPEN where no further file can be made.
 */
const NO_ROOM_FOR_LOG: ReadonlySet<number | undefined> = new Set([4874, CANTOPEN]);

/**
 * On a full disk the log's index is kept in memory, which SQLite allows if only one process uses the file
 * (https://www.sqlite.org/wal.html#noshm), as the owner of a data folder does. The reserve, if there is one, becomes
 * the log.
 */
function connect(path: string): DatabaseSync {
  try {
    return durable(path);
  } catch (error) {
    if (!NO_ROOM_FOR_LOG.has(sqliteCode(error))) throw error;
    useReserveAsLog(path);
    return durable(path, { isAlone: true });
  }
}

function durable(path: string, { isAlone = false } = {}): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    if (isAlone) database.exec("PRAGMA locking_mode = EXCLUSIVE");
    makeDurable(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Closes a database; space that its log took is kept for next time. */
export function closeDatabase(database: DatabaseSync): void {
  const path = database.location();
  database.close();
  if (path !== null) keepReserve(path);
}

function checkFiles(path: string): void {
  for (const suffix of ["", ...BESIDE]) {
    const fault = faultOf(path + suffix, constants.R_OK | constants.W_OK);
    if (fault !== undefined) throw new UnusableDatabase(fault);
  }
  // SQLite takes an empty file for a new database and deletes its log.
  if (sizeOf(path) === 0 && (sizeOf(`${path}-wal`) ?? 0) > 0) {
    throw new UnusableDatabase("it is empty, and its log is not");
  }
}

function sizeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.size;
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

function checkSoundness(database: DatabaseSync): void {
  const verdict = readPragma(database, "quick_check(1)");
  if (verdict !== "ok") throw new UnusableDatabase("its content is damaged");
}

function migrate(database: DatabaseSync, path: string, migrations: readonly Migration[]): void {
  const version = Number(readPragma(database, "user_version"));
  if (version > migrations.length) {
    throw new UnusableDatabase("a newer version of Darkroom wrote it", "newer");
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
  if (DAMAGED.has(code)) {
    return new UnusableDatabase("its content is damaged", "damaged", { cause: error });
  }
  const reason = `${basename(path)}: ${error instanceof Error ? error.message : String(error)}`;
  const isFull = code === FULL || (code === CANTOPEN && hasNoFilesLeft(dirname(path)));
  if (isFull) return new StudioError("DISK_FULL", { path, needed: "a few MB" }, { cause: error });
  if (UNUSABLE.has(code)) {
    return new StudioError("DATA_FOLDER_UNUSABLE", { path, reason }, { cause: error });
  }
  return error;
}

/** A disk can have bytes left but no further files. */
function hasNoFilesLeft(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { files, ffree } = statfsSync(folder);
  return files > 0 && ffree === 0;
}
