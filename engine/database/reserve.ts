import { existsSync, lstatSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

/** The log of some ten rows; a checkpoint has it begin from its start again. */
const RESERVED_BYTES = 256 << 10;

/** Beside a database: some room, and a file, for the day on which the disk has neither left. */
function reserveOf(path: string): string {
  return `${path}-reserve`;
}

/** Keeps room beside a database, where there is still room to keep. */
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
 * Makes the reserve the log of a database that nobody has open, where it has none since there may be no
 * other file. It does not begin as a log does (https://www.sqlite.org/fileformat2.html#the_write_ahead_log), so SQLite
 * takes it for an empty one and writes over it, which needs no room.
 */
export function useReserveAsLog(path: string): void {
  const isThere = lstatSync(reserveOf(path), { throwIfNoEntry: false })?.isFile() === true;
  if (existsSync(`${path}-wal`) || !isThere) return;
  renameSync(reserveOf(path), `${path}-wal`);
}

/** Makes room for what an open database has to write: its log begins from its start again, and the reserve is given up. */
export function makeRoom(database: DatabaseSync): void {
  database.exec("PRAGMA wal_checkpoint(RESTART)");
  rmSync(reserveOf(database.location() ?? ""), { force: true });
}
