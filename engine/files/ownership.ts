import { constants, truncateSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { StudioError } from "../contract/errors.ts";
import { diskFullNotice } from "./disk-full.ts";
import { writeJson } from "./json-file.ts";
import { faultOf, setAside } from "./stored-file.ts";
import { isDiskFull, isSystemError, sqliteCode } from "./system-error.ts";
import { sweepFolder } from "./unfinished.ts";

/**
 * Ensures that only one process works on a data folder, by SQLite's exclusive lock on a separate file: the kernel
 * releases it however the process ends, so a kill leaves no lock behind.
 */
export class Ownership {
  readonly #lock: DatabaseSync;
  readonly #pidFile: string;
  /** Notices about a full disk. */
  readonly notices: readonly string[];

  private constructor(lock: DatabaseSync, pidFile: string, notices: readonly string[]) {
    this.#lock = lock;
    this.#pidFile = pidFile;
    this.notices = notices;
  }

  /**
   * Takes the folder, and removes unfinished files that a crash left. Refuses as ALREADY_RUNNING, with the owner's
   * process id if it is known.
   */
  static async take(folder: string): Promise<Ownership> {
    const pidFile = join(folder, "owner.json");
    const lock = await lockOrRefuse(folder, pidFile);
    try {
      await sweepFolder(folder);
      if (faultOf(pidFile) !== undefined) setAside(pidFile);
      return new Ownership(lock, pidFile, await writeOwnerId(folder, pidFile));
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  async release(): Promise<void> {
    await rm(this.#pidFile, { force: true });
    this.#lock.close();
  }
}

/**
 * Writes the owner's process id, which other processes show in their refusal. It is not essential: on a full disk the
 * studio starts without it, and the returned notice says so.
 */
async function writeOwnerId(folder: string, pidFile: string): Promise<readonly string[]> {
  try {
    await writeJson(pidFile, { pid: process.pid });
    return [];
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    return [diskFullNotice(folder)];
  }
}

async function lockOrRefuse(folder: string, pidFile: string): Promise<DatabaseSync> {
  const path = join(folder, "owner.sqlite");
  try {
    for (const suffix of ["", "-journal", "-wal"]) setAsideOdd(path + suffix);
    return lockFile(path);
  } catch (error) {
    if (isOne(error, BUSY)) throw await inUse(folder, pidFile);
    const reason = `owner.sqlite: ${error instanceof Error ? error.message : "unknown"}`;
    throw new StudioError("DATA_FOLDER_UNUSABLE", { path: folder, reason }, { cause: error });
  }
}

function setAsideOdd(path: string): void {
  if (faultOf(path, constants.R_OK | constants.W_OK) !== undefined) setAside(path);
}

function lockFile(path: string): DatabaseSync {
  try {
    return exclusive(path);
  } catch (error) {
    if (!isOne(error, ...DAMAGED)) throw error;
    // The file is always empty. Truncating rather than replacing it keeps it the same file, so that everybody locks the
    // same one.
    truncateSync(path);
    return exclusive(path);
  }
}

/** Takes a file's exclusive lock until it is disposed of or the process ends; undefined if another process has it. */
export function fileLock(path: string): Disposable | undefined {
  try {
    const lock = lockFile(path);
    return { [Symbol.dispose]: () => lock.close() };
  } catch (error) {
    if (isOne(error, BUSY)) return undefined;
    throw error;
  }
}

function exclusive(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // Nothing is written, so no journal is needed on disk, where there may be no space for one.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** https://sqlite.org/rescode.html */
const BUSY = 5;
const DAMAGED = [11, 26];

function isOne(error: unknown, ...codes: readonly number[]): boolean {
  return codes.includes((sqliteCode(error) ?? 0) & 0xff);
}

async function inUse(folder: string, pidFile: string): Promise<StudioError> {
  const pid = await livingPid(pidFile);
  const details =
    pid === undefined
      ? { by: "another process, although no studio answers there" }
      : { by: `a studio that is already running as process ${pid}`, pid };
  return new StudioError("ALREADY_RUNNING", { folder, ...details });
}

/**
 * The owner's process id, if that process runs. The owner writes it just after taking the lock, so it is looked for
 * several times.
 */
async function livingPid(path: string, looks = 3): Promise<number | undefined> {
  const found = /"pid":\s*(\d{1,10})/.exec(await readFile(path, "utf8").catch(() => ""));
  if (found !== null && isAlive(Number(found[1]))) return Number(found[1]);
  if (looks <= 1) return undefined;
  await sleep(100);
  return livingPid(path, looks - 1);
}

/** A process of another user counts as alive. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isSystemError(error, "EPERM");
  }
}
