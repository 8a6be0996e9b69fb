import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { writeAtomically } from "./atomic-file.ts";
import { asStored } from "./stored-error.ts";
import { faultOf, setAside } from "./stored-file.ts";
import { isAbsent, isDiskFull, systemCode } from "./system-error.ts";

/** What a file of ours held; where it was damaged, under which name it was set aside, and why. */
export interface ReadJson<T> {
  readonly value: T | undefined;
  readonly notice?: string;
}

export interface JsonReading<T> {
  /** A larger file is none of ours. */
  readonly maxBytes: number;
  /** What the file says as a value; throws where it says none. */
  readonly parse: (json: unknown) => T;
}

/**
 * Reads a small file of ours. One that is damaged, or no ordinary file, is set aside as
 * `NAME.damaged.json` and told of in words, so that nobody's choices are overwritten by defaults.
 * Refuses as DATA_FOLDER_UNUSABLE where the file can be neither read nor moved.
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
 * Writes a small file of ours, whole or not at all, for this user's eyes only. Refuses as DISK_FULL or
 * DATA_FOLDER_UNUSABLE; what was there before is there still.
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

/** A parser's own message is left out: it quotes the file, and files hold secrets. */
function damageInWords(error: unknown): string {
  if (error instanceof SyntaxError) return "it is not JSON";
  return error instanceof RangeError ? "it is too large" : "it does not hold what it should";
}

/** Sets a file aside and says so. */
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

/** The rows of a list that is kept: what this version reads of them, and what it does not. */
export interface ReadRows<T> {
  readonly rows: readonly T[];
  /** To be written back as they are: a damaged row, or one of a version that knows more. */
  readonly unread: readonly unknown[];
}

/** Reads a list row by row, so that one that cannot be read takes no other along. `parse` throws for such a row. */
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

/** Tells a person of rows that could not be read; `what` is their noun, as in `endpoint` or `generation in the queue`. */
export function unreadNotice(count: number, what: string): string | undefined {
  if (count === 0) return undefined;
  if (count === 1) return `One ${what} could not be read. It is kept, but not used.`;
  return `${count} ${what.replace(/^\w+/, "$&s")} could not be read. They are kept, but not used.`;
}
