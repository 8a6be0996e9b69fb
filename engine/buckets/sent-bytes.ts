import { existsSync, type Dirent } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { isAbsent, systemCode } from "../files/system-error.ts";

/**
 * A source that always gives the same bytes, however often and from whichever offset it is read: a file, or an archive
 * that is generated while it is read.
 */
export interface UploadSource {
  /** For messages. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Changes with the bytes: what was sent under another identity cannot be reused. */
  readonly identity: string;
  /** Reads from an offset, in pieces; each is valid until the next is requested. */
  readonly open: (offset: number) => AsyncIterable<Uint8Array>;
  /** Refuses if the source has changed since it was opened; absent for one that cannot change. */
  readonly refuseChanged?: () => Promise<void>;
}

/** Refuses as NOT_FOUND or REQUEST_INVALID if it is not a regular file. */
export async function fileSource(path: string): Promise<UploadSource> {
  const { size, identity, isFile } = await lookAt(path);
  if (!isFile) throw unsendable(path, "it is neither a file nor a folder");
  return {
    name: path,
    sizeBytes: size,
    identity,
    open: (start) => blocksOf(path, start),
    refuseChanged: async () => {
      if ((await lookAt(path)).identity !== identity) throw sourceChanged(path);
    },
  };
}

/** A file's bytes from an offset, in memory that is reused. */
async function* blocksOf(path: string, start: number): AsyncGenerator<Uint8Array> {
  await using file = await open(path);
  const memory = Buffer.allocUnsafeSlow(1 << 20);
  for (let at = start; ;) {
    const { bytesRead } = await file.read(memory, 0, memory.length, at);
    if (bytesRead === 0) return;
    yield memory.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** A file in a folder to upload, and its path there with slashes. */
export interface FolderFile {
  readonly path: string;
  readonly name: string;
  /** False if its name is not UTF-8, so that it cannot be opened by this path. */
  readonly isText: boolean;
}

/** The regular files in a folder, by name; empty for a file. Links are not followed. */
export async function filesIn(folder: string): Promise<readonly FolderFile[] | undefined> {
  const { isFolder } = await lookAt(folder);
  if (!isFolder) return undefined;
  const entries: Dirent[] = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const files = paths.map((path) => ({
    path,
    name: relative(folder, path).split(sep).join("/"),
    isText: !path.includes(REPLACED) || existsSync(path),
  }));
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Replaces bytes that are not UTF-8. */
const REPLACED = "\ufffd";

async function lookAt(path: string) {
  try {
    const found = await stat(path, { bigint: true });
    return {
      size: Number(found.size),
      identity: [found.size, found.mtimeNs, found.ctimeNs, found.ino].join(":"),
      isFile: found.isFile(),
      isFolder: found.isDirectory(),
    };
  } catch (error) {
    if (isAbsent(error)) throw new StudioError("NOT_FOUND", { what: "file", id: path });
    throw unsendable(path, systemCode(error) ?? "it cannot be read");
  }
}

function unsendable(path: string, reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The file", value: path, reason });
}

export function sourceChanged(name: string): StudioError {
  return new StudioError("UPLOAD_INPUT_CHANGED", { what: name });
}

/** Whether an error says that the source changed, so that what was sent is useless. */
export function isSourceChanged(error: unknown): boolean {
  return error instanceof StudioError && error.code.endsWith("_INPUT_CHANGED");
}
