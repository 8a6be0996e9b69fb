import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { StudioError } from "../contract/errors.ts";
import { writeJson } from "./json-file.ts";
import { sqliteCode } from "./system-error.ts";

/**
 * That this process, and no other, works on a data folder. SQLite's exclusive lock on a file of its own:
 * the kernel lets go of it however the process ends, so none is left over after a kill.
 */
export class Ownership {
  readonly #lock: DatabaseSync;
  readonly #pidFile: string;

  private constructor(lock: DatabaseSync, pidFile: string) {
    this.#lock = lock;
    this.#pidFile = pidFile;
  }

  /** Refuses as ALREADY_RUNNING, with the owner's process id, where there is one. */
  static async take(folder: string): Promise<Ownership> {
    const pidFile = join(folder, "owner.json");
    const lock = await lockOrRefuse(folder, pidFile);
    try {
      await writeJson(pidFile, { pid: process.pid });
    } catch (error) {
      lock.close();
      throw error;
    }
    return new Ownership(lock, pidFile);
  }

  async release(): Promise<void> {
    await rm(this.#pidFile, { force: true });
    this.#lock.close();
  }
}

async function lockOrRefuse(folder: string, pidFile: string): Promise<DatabaseSync> {
  try {
    return lockFile(folder);
  } catch (error) {
    if (isBusy(error)) {
      throw new StudioError("ALREADY_RUNNING", { folder, pid: await pidIn(pidFile) });
    }
    const reason = error instanceof Error ? error.message : "unknown";
    throw new StudioError("DATA_FOLDER_UNUSABLE", { path: folder, reason }, { cause: error });
  }
}

function lockFile(folder: string): DatabaseSync {
  const database = new DatabaseSync(join(folder, "owner.sqlite"), { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLITE_BUSY, https://sqlite.org/rescode.html#busy */
function isBusy(error: unknown): boolean {
  return sqliteCode(error) === 5;
}

/** The owner writes it just after it took the lock, so one look more where it is not there yet. */
async function pidIn(path: string, looks = 2): Promise<number | "unknown"> {
  const found = /"pid":\s*(\d{1,10})/.exec(await readFile(path, "utf8").catch(() => ""));
  if (found !== null) return Number(found[1]);
  if (looks <= 1) return "unknown";
  await sleep(200);
  return pidIn(path, looks - 1);
}
