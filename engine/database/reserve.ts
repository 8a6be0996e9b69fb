import { existsSync, lstatSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

/** Enough log for about ten rows; after a checkpoint it is reused from the beginning. */
const RESERVED_BYTES = 256 << 10;

/** A file beside a database that reserves space for when the disk is full. */
function reserveOf(path: string): string {
  return `${path}-reserve`;
}

/** Reserves space beside a database, if there is any. */
export function keepReserve(path: string): void {
  const reserve = reserveOf(path);
  if (existsSync(reserve)) return;
  try {
    writeFileSync(reserve, Buffer.alloc(RESERVED_BYTES, 0xff), { mode: 0o600 });
  } catch {
    rmSync(reserve, { force: true });
  }
}

/**
 * Makes the reserve the log of a closed database that has none because no file can be created. The reserve does not
 * start like a log (https://www.sqlite.org/fileformat2.html#the_write_ahead_log), so SQLite treats it as an empty one
 * and overwrites it, which needs no space.
 */
export function useReserveAsLog(path: string): void {
  const isThere = lstatSync(reserveOf(path), { throwIfNoEntry: false })?.isFile() === true;
  if (existsSync(`${path}-wal`) || !isThere) return;
  renameSync(reserveOf(path), `${path}-wal`);
}

/**
 * Makes space for what an open database has to write: its log starts again from the beginning, and the reserve is
 * deleted.
 */
export function makeRoom(database: DatabaseSync): void {
  database.exec("PRAGMA wal_checkpoint(RESTART)");
  rmSync(reserveOf(database.location() ?? ""), { force: true });
}
