import { randomBytes } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";
import { StudioError } from "../contract/errors.ts";
import { isSystemError, systemCode } from "../files/system-error.ts";

/** Shorter ones could be guessed. */
const KEY = /^[\w.~+/=-]{32,200}$/;

/** A key out of a file. */
export interface FileKey {
  readonly key: string;
  /** What a person is to know: that the file was not there. */
  readonly notices: readonly string[];
}

/**
 * The key that somebody chose for reaching the studio from other machines: a file with one line that
 * only this user may read. A file that is not there is made, with 256 bits of chance.
 */
export async function readKeyFile(path: string): Promise<FileKey> {
  try {
    const isNew = await makeKeyFile(path);
    const { mode } = await stat(path);
    const isPrivate = process.platform === "win32" || (mode & 0o077) === 0;
    if (!isPrivate) throw unusable(path, "others may read it; `chmod 600` it");
    const key = (await readFile(path, "utf8")).trim();
    if (!KEY.test(key)) throw unusable(path, "a key is one line of at least 32 letters and digits");
    const made = `${path} was not there: a new key was made and written to it.`;
    return { key, notices: isNew ? [made] : [] };
  } catch (error) {
    if (error instanceof StudioError) throw error;
    throw unusable(path, systemCode(error) ?? "unreadable", error);
  }
}

/** Whether it had to be made. */
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
