import { randomBytes } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";
import { StudioError } from "../contract/errors.ts";
import { isSystemError, systemCode } from "../files/system-error.ts";

/** Shorter keys could be guessed. */
const KEY = /^[\w.~+/=-]{32,200}$/;

const UNSUITED =
  "it must contain a key, which is one line of at least 32 letters and digits; name a missing file to have one made";

/** A key from a file. */
export interface FileKey {
  readonly key: string;
  /** Notices for the person, such as that the file was created. */
  readonly notices: readonly string[];
}

/**
 * The key for reaching the studio from other computers: a file with one line that only this user can read. If it does
 * not exist, it is created with 256 random bits.
 */
export async function readKeyFile(path: string): Promise<FileKey> {
  try {
    const isNew = await makeKeyFile(path);
    const { mode } = await stat(path);
    const isPrivate = process.platform === "win32" || (mode & 0o077) === 0;
    if (!isPrivate) throw unusable(path, "other users can read it: run `chmod 600` on it");
    const key = (await readFile(path, "utf8")).trim();
    if (!KEY.test(key)) throw unusable(path, UNSUITED);
    const made = `${path} was not there: a new key was made and written to it.`;
    return { key, notices: isNew ? [made] : [] };
  } catch (error) {
    if (error instanceof StudioError) throw error;
    throw unusable(path, systemCode(error) ?? "unreadable", error);
  }
}

/** Whether the file was created. */
async function makeKeyFile(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(`${randomBytes(32).toString("base64url")}\n`);
    await file.close();
    return true;
  } catch (error) {
    if (!isSystemError(error, "EEXIST")) throw error;
    return false;
  }
}

function unusable(value: string, reason: string, cause?: unknown): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "--key-file", value, reason }, { cause });
}
