import { readFile, rename, stat } from "node:fs/promises";
import { basename } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { writeAtomically } from "./atomic-file.ts";
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
 * Reads a small file of ours. One that is damaged is set aside as `NAME.bad-TIME` and told of in
 * words, so that nobody's choices are overwritten by defaults. Refuses as DATA_FOLDER_UNUSABLE where
 * the file is there but cannot be read.
 */
export async function readJson<T>(path: string, reading: JsonReading<T>): Promise<ReadJson<T>> {
  const content = await refusing(path, () => readLimited(path, reading.maxBytes));
  if (content === undefined) return { value: undefined };
  try {
    if (content === "too large") throw new RangeError("too large");
    return { value: reading.parse(JSON.parse(content.text)) };
  } catch (error) {
    const notice = await refusing(path, () => setAside(path, damageInWords(error)));
    return { value: undefined, notice };
  }
}

/**
 * Writes a small file of ours, whole or not at all, for this user's eyes only. Refuses as DISK_FULL or
 * DATA_FOLDER_UNUSABLE; what was there before is there still.
 */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const text = `${JSON.stringify(value, undefined, 2)}\n`;
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

async function setAside(path: string, damage: string): Promise<string> {
  const name = basename(path);
  const time = new Date().toISOString().replaceAll(/[:.]/g, "-");
  await rename(path, `${path}.bad-${time}`);
  return `${name} could not be used (${damage}). It was kept as ${name}.bad-${time}, and the studio began without it.`;
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
