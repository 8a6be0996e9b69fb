import { basename } from "node:path";
import { readJson, writeJson } from "./json-file.ts";
import { Turns } from "./turns.ts";

export interface RowFileReading<T> {
  /** The list's name in the file. */
  readonly list: string;
  /** A larger file is not one of ours. */
  readonly maxBytes: number;
  /** Converts a row to a value; throws if this version cannot read it. */
  readonly parse: (row: unknown) => T;
}

/**
 * A small file of ours that contains a list. It is read row by row: rows that this version cannot read, because they
 * are damaged or another version's, are counted in a notice and written back unchanged, as is whatever else the file
 * contains. A file without a list is moved aside as a whole.
 */
export class RowFile<T> {
  readonly #path: string;
  readonly #list: string;
  readonly #turns = new Turns();
  readonly #unread: readonly unknown[];
  /** What the file contained besides the list. */
  readonly others: Readonly<Record<string, unknown>>;
  /** The rows as read at the start. */
  readonly rows: readonly T[];
  /** Notices about what was wrong with the file at the start. */
  readonly notices: readonly string[];
  /** Whether the whole file was moved aside at the start. */
  readonly isDamaged: boolean;

  private constructor(path: string, list: string, read: Read<T>) {
    this.#path = path;
    this.#list = list;
    this.#unread = read.unread;
    this.rows = read.rows;
    this.others = read.others;
    this.notices = read.notices;
    this.isDamaged = read.isDamaged;
  }

  static async open<T>(path: string, reading: RowFileReading<T>): Promise<RowFile<T>> {
    const { list, maxBytes, parse } = reading;
    const content = await readJson(path, { maxBytes, parse: (json) => listIn(json, list) });
    const { rows = [], others = {} } = content.value ?? {};
    const read = rows.map((row) => attempt(parse, row));
    const unread = read.flatMap((row) => ("unread" in row ? [row.unread] : []));
    return new RowFile(path, list, {
      rows: read.flatMap((row) => ("value" in row ? [row.value] : [])),
      unread,
      others,
      notices: [
        ...(content.notice === undefined ? [] : [content.notice]),
        ...(unread.length === 0 ? [] : [noticeOf(path, unread.length)]),
      ],
      isDamaged: content.notice !== undefined,
    });
  }

  /** Number of stored rows that this version cannot read. */
  get unreadCount(): number {
    return this.#unread.length;
  }

  /** Whether an unreadable row may refer to something: its text contains the name. */
  mayName(name: string): boolean {
    return this.#unread.some((row) => JSON.stringify(row).includes(JSON.stringify(name)));
  }

  /** Runs work that reads and writes the rows when its turn comes. */
  turn<R>(work: () => Promise<R>): Promise<R> {
    return this.#turns.take(work);
  }

  /** Within a turn: replaces the readable rows, and what else the file contains. */
  async write(rows: readonly T[], others: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const content = { ...this.others, ...others, [this.#list]: [...rows, ...this.#unread] };
    await writeJson(this.#path, content);
  }
}

interface Read<T> extends Pick<RowFile<T>, "rows" | "others" | "notices" | "isDamaged"> {
  readonly unread: readonly unknown[];
}

function listIn(json: unknown, list: string) {
  if (typeof json !== "object" || json === null) throw new TypeError("no object");
  const { [list]: rows, ...others } = { ...json } as Record<string, unknown>;
  if (!Array.isArray(rows)) throw new TypeError("no list");
  return { rows: rows as readonly unknown[], others };
}

function attempt<T>(
  parse: (row: unknown) => T,
  row: unknown,
): { readonly value: T } | { readonly unread: unknown } {
  try {
    return { value: parse(row) };
  } catch {
    return { unread: row };
  }
}

function noticeOf(path: string, count: number): string {
  const what = count === 1 ? "One entry" : `${count} entries`;
  return `${what} of ${basename(path)} cannot be read by this version of the studio. What cannot be read is kept as it is.`;
}
