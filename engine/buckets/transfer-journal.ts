import { appendFile, open, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { bucketPlaceSchema, type BucketPlace } from "../contract/buckets.ts";
import { makeFolder } from "../files/atomic-file.ts";
import { orDiskFull } from "../files/disk-full.ts";

/** A line of a journal. Lines of unknown kinds, and one that a crash cut short, are ignored. */
const lineSchema = z.union([
  z.object({ place: bucketPlaceSchema }),
  z.object({
    key: z.string(),
    upload: z.object({
      uploadId: z.string(),
      partBytes: z.int(),
      identity: z.string(),
      checksum: z.string().optional(),
    }),
  }),
  z.object({ key: z.string(), part: z.int(), md5: z.string() }),
  z.object({ key: z.string(), out: z.string() }),
  z.object({ key: z.string(), done: z.string() }),
  z.object({ key: z.string(), isAnew: z.literal(true) }),
]);
type Line = z.output<typeof lineSchema>;

export interface BegunUpload {
  readonly uploadId: string;
  readonly partBytes: number;
  /** The source's identity. */
  readonly identity: string;
  /** The checksum that was announced for the parts, such as `CRC32`; absent if none was. */
  readonly checksum?: string | undefined;
}

/** What is known about one key's transfer. */
export interface KeyState {
  upload?: BegunUpload | undefined;
  /** MD5 of the parts that were read, hexadecimal, by part number. */
  md5s: Map<number, string>;
  /** The file that it is downloaded into. */
  out?: string;
  /** The source's identity, once it was transferred completely. */
  done?: string;
}

/**
 * A transfer's steps so far, one line each, so that it can resume after a kill: the uploads it started, the hash of
 * every part before it is sent, and finished keys. Refuses as DISK_FULL.
 */
export class TransferJournal {
  readonly #path: string;
  readonly #states = new Map<string, KeyState>();
  #place: BucketPlace | undefined;

  private constructor(path: string) {
    this.#path = path;
  }

  static async open(folder: string, id: string): Promise<TransferJournal> {
    const path = journalPath(folder, id);
    await writing(path, () => makeFolder(folder));
    const journal = new TransferJournal(path);
    const text = await readFile(path, "utf8").catch(() => "");
    for (const line of text.split("\n")) journal.#take(line);
    // After an incomplete line, the next one starts on a new line.
    if (text !== "" && !text.endsWith("\n")) await writing(path, () => appendFile(path, "\n"));
    return journal;
  }

  /** The transfer's source or target, once known. */
  get place(): BucketPlace | undefined {
    return this.#place;
  }

  /** Uploads that were started and not finished. */
  get begun(): readonly { readonly key: string; readonly uploadId: string }[] {
    return [...this.#states].flatMap(([key, { upload, done }]) =>
      upload === undefined || done !== undefined ? [] : [{ key, uploadId: upload.uploadId }],
    );
  }

  /** Files that were started and not finished. */
  get outs(): readonly string[] {
    return [...this.#states.values()].flatMap(({ out, done }) =>
      out === undefined || done !== undefined ? [] : [out],
    );
  }

  of(key: string): KeyState {
    return this.#states.get(key) ?? { md5s: new Map() };
  }

  async begin(place: BucketPlace): Promise<void> {
    await this.#write({ place });
  }

  /** Synced to the disk: a forgotten upload still costs money. */
  async beginUpload(key: string, upload: BegunUpload): Promise<void> {
    await this.#write({ key, upload });
    await using file = await open(this.#path, "r+");
    await writing(this.#path, () => file.sync());
  }

  async addPart(key: string, part: number, md5: string): Promise<void> {
    await this.#write({ key, part, md5 });
  }

  async beginFile(key: string, out: string): Promise<void> {
    await this.#write({ key, out });
  }

  async finish(key: string, identity: string): Promise<void> {
    await this.#write({ key, done: identity });
  }

  /** The result turned out to be wrong: it is transferred again from the beginning. */
  async startAnew(key: string): Promise<void> {
    await this.#write({ key, isAnew: true });
  }

  async #write(line: Line): Promise<void> {
    const text = `${JSON.stringify(line)}\n`;
    await writing(this.#path, () => appendFile(this.#path, text, { mode: 0o600 }));
    this.#apply(line);
  }

  #take(text: string): void {
    try {
      this.#apply(lineSchema.parse(JSON.parse(text)));
    } catch {
      // The last line of a killed process, or a line of another version.
    }
  }

  #apply(line: Line): void {
    if ("place" in line) {
      this.#place = line.place;
      return;
    }
    if ("isAnew" in line) {
      this.#states.delete(line.key);
      return;
    }
    const state = this.of(line.key);
    this.#states.set(line.key, state);
    if ("upload" in line) {
      state.upload = line.upload;
      state.md5s = new Map();
    } else if ("part" in line) state.md5s.set(line.part, line.md5);
    else if ("out" in line) state.out = line.out;
    else state.done = line.done;
  }
}

/** Writes a line. Refuses as DISK_FULL. */
function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  return orDiskFull(dirname(path), 4096, write);
}

export async function discardJournal(folder: string, id: string): Promise<void> {
  await rm(journalPath(folder, id), { force: true });
}

/** Deletes journals that are not needed any more. */
export async function sweepJournals(
  folder: string,
  mayNeed: (id: string) => boolean,
): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const ids = names
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length));
  for (const id of ids) if (!mayNeed(id)) await discardJournal(folder, id);
}

const ENDING = ".jsonl";

function journalPath(folder: string, id: string): string {
  return join(folder, `${id}${ENDING}`);
}
