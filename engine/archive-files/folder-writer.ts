import { lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { MANIFEST } from "../archive/member.ts";
import { StudioError } from "../contract/errors.ts";
import { syncFolder } from "../files/atomic-file.ts";
import { clone } from "../files/clone.ts";
import { BlockWriter } from "./block-writer.ts";
import { BlockMemory, type ByteSource } from "./byte-source.ts";
import type { OnBytes } from "./packed-files.ts";

/** A file for a folder; `place` is its path if it already exists. */
export interface FolderEntry {
  readonly path: string;
  readonly content: ByteSource;
  readonly place?: string;
}

export interface FolderWriting {
  /** Whether to replace an existing archive folder; nothing else is ever replaced. */
  readonly force: boolean;
  /** Called with bytes that the file system shares with the original, so that they are not read. */
  readonly onCloned: OnBytes;
  /** A last check before the folder becomes visible. */
  readonly check: () => Promise<void>;
}

/**
 * Writes the folder that TorchServe loads by its name, atomically. Leftovers of a crash are overwritten. Refuses as
 * OUTPUT_EXISTS.
 */
export async function writeFolder(
  out: string,
  entries: readonly FolderEntry[],
  { force, onCloned, check }: FolderWriting,
): Promise<void> {
  const [part, old] = [beside(out, "part"), beside(out, "old")];
  const isReplaced = force && (await isThere(out));
  if (isReplaced && !(await isThere(join(out, MANIFEST)))) {
    throw new StudioError("OUTPUT_EXISTS", { path: out });
  }
  await rm(part, { recursive: true, force: true });
  try {
    for (const entry of entries) await writeEntry(join(part, entry.path), entry, onCloned);
    await check();
    await (isReplaced ? exchange(part, out, old) : rename(part, out));
    await syncFolder(dirname(out));
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

function beside(out: string, ending: string): string {
  return join(dirname(out), `.${basename(out)}.${ending}`);
}

/** Replaces a folder by another; if that fails the first one stays. */
async function exchange(part: string, out: string, old: string): Promise<void> {
  await rm(old, { recursive: true, force: true });
  await rename(out, old);
  try {
    await rename(part, out);
  } catch (error) {
    await rename(old, out);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

async function writeEntry(
  path: string,
  { content, place }: FolderEntry,
  onCloned: OnBytes,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const isCloned = place !== undefined && (await clone(place, path));
  await using file = await open(path, isCloned ? "r+" : "wx", 0o644);
  if (isCloned) onCloned(content.sizeBytes);
  else {
    const out = new BlockWriter(file);
    const blocks = content.read(0, content.sizeBytes, new BlockMemory(2));
    for await (const block of blocks) await out.append(block);
    await out.finish();
  }
  await file.sync();
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
