import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { diskFull } from "../files/disk-full.ts";
import { isDiskFull } from "../files/system-error.ts";
import { makeRoom } from "./reserve.ts";

/** Approximate size of a row and its part of the log. */
const NEEDED_BYTES = 100_000;

/**
 * Does all of `work` or nothing. Inside another transaction it joins that. Refuses as DISK_FULL, naming the database's
 * folder.
 */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work();
  try {
    database.exec("BEGIN IMMEDIATE");
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // Some failures, including a full disk, have already rolled back.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw isDiskFull(error) ? diskFull(dirname(database.location() ?? ""), NEEDED_BYTES) : error;
  }
}

/** The same for what must be written even on a full disk: space is reserved beside the database. */
export function withReserve<T>(database: DatabaseSync, work: () => T): T {
  try {
    return inTransaction(database, work);
  } catch (error) {
    if (!isDiskFull(error) || database.isTransaction) throw error;
    makeRoom(database);
    return inTransaction(database, work);
  }
}
