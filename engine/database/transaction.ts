import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { diskFull } from "../files/disk-full.ts";
import { isDiskFull } from "../files/system-error.ts";
import { makeRoom } from "./reserve.ts";

/** About what a row and its place in the log take. */
const NEEDED_BYTES = 100_000;

/**
 * Does all of `work` or none of it. Work that is itself part of a transaction joins it. Refuses as
 * DISK_FULL, naming the database's folder.
 */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work();
  try {
    database.exec("BEGIN IMMEDIATE");
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // Some failures, a full disk among them, have rolled back already.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw isDiskFull(error) ? diskFull(dirname(database.location() ?? ""), NEEDED_BYTES) : error;
  }
}

/** As `inTransaction`, for what has to be written on a full disk, too: room is kept for it beside the database. */
export function withReserve<T>(database: DatabaseSync, work: () => T): T {
  try {
    return inTransaction(database, work);
  } catch (error) {
    if (!isDiskFull(error) || database.isTransaction) throw error;
    makeRoom(database);
    return inTransaction(database, work);
  }
}
