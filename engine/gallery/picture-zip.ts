import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { crc32, createDeflateRaw } from "node:zlib";
import { localHeader, zipFrame, type ZipRecord } from "../archive/zip-records.ts";
import { MAX_IDS } from "../contract/image-id.ts";
import { recordSchema } from "../contract/image-record.ts";
import { fileNameOf } from "./file-name.ts";
import type { Gallery } from "./gallery.ts";
import type { StoredImage } from "./image-row.ts";

export interface Exported {
  readonly ids: readonly string[];
  /** The pattern of the pictures' file names. */
  readonly pattern: string;
}

/** The table's name, which no picture can have. */
const CSV_NAME = "pictures.csv";

/**
 * A ZIP of pictures, named by the file-name pattern, with a table of their settings. One picture is in memory at a
 * time; about 300 bytes of each are kept: its entry in the ZIP's directory and its compressed line of the table. A
 * missing file still has its line in the table. It can be stopped at any time.
 */
export async function* pictureZip(
  gallery: Gallery,
  { ids, pattern }: Exported,
): AsyncGenerator<Uint8Array> {
  const names = new FreeNames();
  const records: ZipRecord[] = [];
  const table = new Table();
  for await (const image of imagesOf(gallery, ids)) {
    const content = await contentOf(gallery, image.id);
    const name = content === undefined ? "" : names.take(fileNameOf(pattern, image));
    await table.add(csvLine(name, image));
    if (content === undefined) continue;
    const record = { ...storedRecord(name, content), changedAt: zipTimeOf(image.createdAt) };
    records.push(record);
    yield localHeader(record);
    yield content;
  }
  const { record, content } = await table.end();
  records.push(record);
  yield localHeader(record);
  yield* content;
  yield zipFrame(records).end;
}

/** Deleted pictures are left out. */
async function* imagesOf(gallery: Gallery, ids: readonly string[]): AsyncGenerator<StoredImage> {
  for (let at = 0; at < ids.length; at += MAX_IDS)
    yield* await gallery.details(ids.slice(at, at + MAX_IDS));
}

/** Undefined if the file is missing or cannot be read. */
async function contentOf(gallery: Gallery, id: string): Promise<Buffer | undefined> {
  try {
    return await readFile(gallery.fileOf(id));
  } catch {
    return undefined;
  }
}

/** Not compressed again, since pictures already are. */
function storedRecord(path: string, content: Uint8Array): ZipRecord {
  const { length } = content;
  return { path, sizeBytes: length, packedBytes: length, crc32: crc32(content), isDeflated: false };
}

/** An instant in the host's own time, in steps of two seconds, as a ZIP's members have it (from 1980 to 2107). */
function zipTimeOf(instant: string): number {
  const at = new Date(instant);
  const year = Math.min(Math.max(at.getFullYear() - 1980, 0), 127);
  const date = year * 2 ** 9 + (at.getMonth() + 1) * 2 ** 5 + at.getDate();
  const time = at.getHours() * 2 ** 11 + at.getMinutes() * 2 ** 5 + Math.floor(at.getSeconds() / 2);
  return date * 2 ** 16 + time;
}

/** Names that are unique in a ZIP, ignoring case. */
class FreeNames {
  readonly #taken = new Set([CSV_NAME]);
  /** The last number used for each stem. */
  readonly #numbers = new Map<string, number>();

  take(stem: string): string {
    const plain = stem.replaceAll("\\", "/");
    const key = plain.toLowerCase();
    for (let number = this.#numbers.get(key) ?? 1; ; number++) {
      const name = number === 1 ? `${plain}.png` : `${plain}-${number}.png`;
      if (this.#taken.has(name.toLowerCase())) continue;
      this.#taken.add(name.toLowerCase());
      this.#numbers.set(key, number + 1);
      return name;
    }
  }
}

/** The table of settings, compressed as it grows. */
class Table {
  readonly #deflate = createDeflateRaw();
  readonly #packed: Buffer[] = [];
  #crc32 = 0;
  #sizeBytes = 0;

  constructor() {
    this.#deflate.on("data", (block: Buffer) => this.#packed.push(block));
    this.#write(CSV_HEAD);
  }

  async add(line: string): Promise<void> {
    if (!this.#write(line)) await once(this.#deflate, "drain");
  }

  #write(text: string): boolean {
    const bytes = Buffer.from(text);
    this.#crc32 = crc32(bytes, this.#crc32);
    this.#sizeBytes += bytes.length;
    return this.#deflate.write(bytes);
  }

  async end(): Promise<{ readonly record: ZipRecord; readonly content: readonly Uint8Array[] }> {
    this.#deflate.end();
    await once(this.#deflate, "end");
    const packedBytes = this.#packed.reduce((sum, { length }) => sum + length, 0);
    const sums = { sizeBytes: this.#sizeBytes, packedBytes, crc32: this.#crc32 };
    return { record: { path: CSV_NAME, ...sums, isDeflated: true }, content: this.#packed };
  }
}

/** Columns for all settings, even those that only one picture has. */
const SETTINGS = recordSchema.omit({ createdAt: true }).keyof().options;

const COLUMNS = ["file", "id", "createdAt", "target", "isStarred", "rating", "tags", "albums"];

/** The header of the table, after the mark by which spreadsheets recognise UTF-8. Lines and quotes follow RFC 4180. */
const CSV_HEAD = `\uFEFF${lineOf([...COLUMNS, ...SETTINGS])}`;

/** A picture's line: its file in the ZIP, empty if missing, and all its settings. */
function csvLine(file: string, image: StoredImage): string {
  const { id, createdAt, target, isStarred, rating, tags, albums, record } = image;
  const said = [file, id, createdAt, target, isStarred, rating, tags.join("; "), albums.join("; ")];
  return lineOf([...said, ...SETTINGS.map((name) => record[name])]);
}

function lineOf(cells: readonly unknown[]): string {
  return `${cells.map(cellOf).join(",")}\r\n`;
}

/** Numbers stay numbers; a text that a spreadsheet would evaluate gets an apostrophe. */
function cellOf(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  // OWASP, CSV injection.
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
