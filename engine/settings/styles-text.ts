import { z } from "zod";
import { StudioError } from "../contract/errors.ts";
import { MAX_STYLES, type Style, styleSchema } from "../contract/styles.ts";

/** Version of our export format; increased when today's readers could no longer read it. */
const FORMAT = 1;

/** Maximum number of rows in a file; a longer file is refused as a whole. */
const MAX_ROWS = MAX_STYLES;

/** The usable styles of a file. */
export interface ReadStyles {
  readonly styles: readonly Style[];
  /** Number of rows that could not be used. */
  readonly skipped: number;
}

/** Reads our own JSON or AUTOMATIC1111's styles.csv; `name` is the file's, for a refusal as STYLES_UNREADABLE. */
export function readStyles(bytes: Uint8Array, name: string): ReadStyles {
  const text = new TextDecoder().decode(bytes);
  return /^\s*[{[]/.test(text) ? readJsonStyles(text, name) : readCsvStyles(text, name);
}

export function jsonOf(styles: readonly Style[]): string {
  return `${JSON.stringify({ format: FORMAT, styles }, undefined, 2)}\n`;
}

/** Writes AUTOMATIC1111's columns, which have no place for settings. */
export function csvOf(styles: readonly Style[]): string {
  const rows = styles.map(({ name, prompt, negativePrompt }) => [name, prompt, negativePrompt]);
  // With the byte order mark that A1111 writes, by which Excel recognises UTF-8.
  return `\ufeff${[HEAD, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n")}\r\n`;
}

const HEAD = ["name", "prompt", "negative_prompt"];

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

function readJsonStyles(text: string, file: string): ReadStyles {
  const { data } = exportSchema.safeParse(parsed(text, file));
  if (data === undefined) throw unreadable(file, "it was not exported by this version of Darkroom");
  if (data.styles.length > MAX_ROWS) throw tooMany(file);
  return usable(data.styles);
}

const exportSchema = z.object({ format: z.literal(FORMAT), styles: z.array(z.unknown()) });

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable(file, "its JSON is damaged");
  }
}

function readCsvStyles(text: string, file: string): ReadStyles {
  const rows = csvRows(text, file);
  const head = (rows[0] ?? []).map((column) => column.trim().toLowerCase());
  const nameAt = head.indexOf("name");
  // Before February 2023 A1111 had a single prompt per style.
  const promptAt = head.includes("prompt") ? head.indexOf("prompt") : head.indexOf("text");
  const negativeAt = head.indexOf("negative_prompt");
  if (nameAt < 0 || promptAt < 0) {
    throw unreadable(file, "its first line does not name the columns name and prompt");
  }
  return usable(
    rows.slice(1).map((row) => ({
      name: row[nameAt] ?? "",
      prompt: row[promptAt] ?? "",
      negativePrompt: row[negativeAt] ?? "",
      settings: {},
    })),
  );
}

/** Splits at commas and line ends outside quotes; quotes within quotes are doubled (RFC 4180). */
function csvRows(text: string, file: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, whole, plain = "", end = ""] of text.matchAll(FIELD)) {
    row.push(whole === undefined ? plain : whole.replaceAll('""', '"') + plain);
    if (end === ",") continue;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    // One more for the header.
    if (rows.length > MAX_ROWS + 1) throw tooMany(file);
    row = [];
  }
  return rows;
}

/** A field, quoted or plain, and its separator; a quote that is never closed contains the rest. */
const FIELD = /(?!$(?<=[\r\n]))(?:"((?:[^"]|"")*)(?:"|$))?([^,\r\n]*)(,|\r\n|\n|\r|$)/g;

function usable(rows: readonly unknown[]): ReadStyles {
  const styles = rows.flatMap((row) => styleSchema.safeParse(row).data ?? []);
  return { styles, skipped: rows.length - styles.length };
}

function tooMany(file: string): StudioError {
  return unreadable(file, `it has more than ${MAX_ROWS.toLocaleString("en")} styles`);
}

function unreadable(file: string, reason: string): StudioError {
  return new StudioError("STYLES_UNREADABLE", { file, reason });
}
