import type { DatabaseSync } from "node:sqlite";

/** Does all of `work` or none of it. Work that is itself part of a transaction joins it. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work();
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // Some failures, a full disk among them, have rolled back already.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
