import { StudioError } from "../contract/errors.ts";
import { decodeText, parseObject, type JsonObject } from "./json.ts";

/** The files of a snapshot, wherever they are stored. Paths are relative, with forward slashes. */
export interface SnapshotFiles {
  list(): Promise<readonly SnapshotFile[]>;
  /** `length` bytes starting at `start`, fewer only at the end of the file; for listed paths only. */
  readBytes(path: string, start: number, length: number): Promise<Uint8Array>;
}

interface SnapshotFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** Configs are a few kB, the index of a sharded network or a tokenizer up to 4 MB. */
const MAX_TEXT_BYTES = 10_000_000;

/** A snapshot's files, listed once. */
export interface Listing {
  readonly files: SnapshotFiles;
  readonly sizes: ReadonlyMap<string, number>;
}

export async function listSnapshot(files: SnapshotFiles): Promise<Listing> {
  const list = await files.list();
  return { files, sizes: new Map(list.map(({ path, sizeBytes }) => [path, sizeBytes])) };
}

/** Names of the files right inside `folder` ("" is the snapshot itself), sorted. */
export function namesIn({ sizes }: Listing, folder: string): readonly string[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  return [...sizes.keys()]
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length))
    .filter((name) => !name.includes("/"))
    .toSorted();
}

/** The size of a required file. */
export function sizeOfFile({ sizes }: Listing, file: string): number {
  const size = sizes.get(file);
  if (size === undefined) throw new StudioError("SNAPSHOT_INCOMPLETE", { file });
  return size;
}

/** A file's text, which must be UTF-8 of at most MAX_TEXT_BYTES. */
export async function readText(listing: Listing, file: string): Promise<string> {
  const size = sizeOfFile(listing, file);
  if (size > MAX_TEXT_BYTES) {
    const reason = `it has ${size} bytes, more than ${MAX_TEXT_BYTES}`;
    throw new StudioError("CONFIG_INVALID", { file, reason });
  }
  return decodeText(await listing.files.readBytes(file, 0, size), file);
}

/** The object in a JSON file. */
export async function readObject(listing: Listing, file: string): Promise<JsonObject> {
  return parseObject(await readText(listing, file), file);
}
