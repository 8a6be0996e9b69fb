import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { NewEndpoint } from "../contract/endpoints.ts";
import { StudioError } from "../contract/errors.ts";
import { note } from "./outcome.ts";
import { systemCode } from "../files/system-error.ts";

/**
 * What a file holds, or the standard input where it is called `-`. Arguments are seen by every program
 * of the machine, so what is secret comes this way.
 */
export async function textOf(path: string, what: string): Promise<string> {
  if (path === "-") {
    if (process.stdin.isTTY) note(`Paste the ${what}, then press Enter and Ctrl+D.`);
    return text(process.stdin);
  }
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const reason = systemCode(error) ?? "unreadable";
    const details = { field: `The ${what}'s file`, value: path, reason };
    throw new StudioError("REQUEST_INVALID", details, { cause: error });
  }
}

/** Headers of a file with one `Name: value` a line. */
export async function headersOf(path: string): Promise<NonNullable<NewEndpoint["headers"]>> {
  const lines = (await textOf(path, "headers")).split(/\r?\n/);
  return lines.flatMap((line, i) => {
    if (line.trim() === "") return [];
    const [, name, value] = /^\s*([^\s:]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) return [{ name, value }];
    const details = { field: "The headers' file", value: `such in line ${i + 1}` };
    throw new StudioError("REQUEST_INVALID", { ...details, reason: "a line is `Name: value`" });
  });
}
