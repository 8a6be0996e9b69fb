import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { writeAtomically } from "./atomic-file.ts";
import { asStored } from "./stored-error.ts";
import { faultOf, setAside } from "./stored-file.ts";
import { isAbsent, isDiskFull, systemCode } from "./system-error.ts";

/** The content of one of our files; if it was damaged, also where it was moved and why. */
export interface ReadJson<T> {
  readonly value: T | undefined;
  readonly notice?: string;
}

export interface JsonReading<T> {
  /** A larger file is not one of ours. */
  readonly maxBytes: number;
  /** Converts the JSON to a value; throws if it is not valid. */
  readonly parse: (json: unknown) => T;
}

/**
 * Reads a small file of ours. If it is damaged, or not a regular file, it is renamed to `NAME.damaged.json` with a
 * notice, so that defaults do not overwrite a person's choices. Refuses as DATA_FOLDER_UNUSABLE if the file can be
 * neither read nor moved.
 */
export async function readJson<T>(path: string, reading: JsonReading<T>): Promise<ReadJson<T>> {
  return refusing(path, async () => {
    const fault = faultOf(path);
    if (fault !== undefined) return { value: undefined, notice: noticeOf(path, fault) };
    const content = await readLimited(path, reading.maxBytes);
    if (content === undefined) return { value: undefined };
    try {
      if (content === "too large") throw new RangeError("too large");
      if (content.text === "") return { value: undefined, notice: noticeOf(path, "it is empty") };
      return { value: reading.parse(JSON.parse(content.text)) };
    } catch (error) {
      return { value: undefined, notice: noticeOf(path, damageInWords(error)) };
    }
  });
}

/**
 * Writes a small file of ours atomically, readable by this user only. Refuses as DISK_FULL or DATA_FOLDER_UNUSABLE; the
 * previous file then remains.
 */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const text = `${JSON.stringify(value, (_, one) => asStored(one), 2)}\n`;
  await refusing(path, () =>
    writeAtomically(path, async (file) => {
      await file.chmod(0o600);
      await file.writeFile(text);
    }),
  );
}

async function readLimited(
  path: string,
  maxBytes: number,
): Promise<{ readonly text: string } | "too large" | undefined> {
  try {
    if ((await stat(path)).size > maxBytes) return "too large";
    return { text: await readFile(path, "utf8") };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Leaves out the parser's message: it quotes the file, and files can contain secrets. */
function damageInWords(error: unknown): string {
  if (error instanceof SyntaxError) return "it is not JSON";
  return error instanceof RangeError ? "it is too large" : "it does not hold what it should";
}

/** Moves a file aside and returns the notice about it. */
function noticeOf(path: string, damage: string): string {
  const kept = setAside(path);
  return `${basename(path)} could not be used (${damage}). It was kept as ${kept}, and the studio started without it.`;
}

async function refusing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (isDiskFull(error)) {
      throw new StudioError("DISK_FULL", { path, needed: "a few kB" }, { cause: error });
    }
    throw new StudioError("DATA_FOLDER_UNUSABLE", { path, reason: code }, { cause: error });
  }
}

/** The rows of a stored list: those that this version can read, and the others. */
export interface ReadRows<T> {
  readonly rows: readonly T[];
  /** Damaged rows, or rows of a newer version; to be written back unchanged. */
  readonly unread: readonly unknown[];
}

/** Reads a list row by row, so that an unreadable row affects no other. `parse` throws for such a row. */
export function readRows<T>(list: readonly unknown[], parse: (row: unknown) => T): ReadRows<T> {
  const rows: T[] = [];
  const unread: unknown[] = [];
  for (const row of list) {
    try {
      rows.push(parse(row));
    } catch {
      unread.push(row);
    }
  }
  return { rows, unread };
}

/**
 * The notice about rows that could not be read; `what` is their noun, such as `endpoint` or `generation in the queue`.
 */
export function unreadNotice(count: number, what: string): string | undefined {
  if (count === 0) return undefined;
  if (count === 1) return `One ${what} could not be read. It is kept, but not used.`;
  return `${count} ${what.replace(/^\w+/, "$&s")} could not be read. They are kept, but not used.`;
}
