import { sep } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { memberPath } from "../archive/member-path.ts";
import type { BucketObject } from "../contract/buckets.ts";
import type { Bucket } from "./bucket-client.ts";
import { pagesOf } from "./listing.ts";

/** A folder with more files is refused. */
const MAX_FILES = 100_000;

/** An object below a prefix, and its path in the folder. */
export interface PlacedObject {
  readonly object: BucketObject;
  readonly path: string;
}

export interface FolderContent {
  readonly placed: readonly PlacedObject[];
  /** Keys that are not valid file names everywhere, or that collide on some file system. */
  readonly leftOut: readonly string[];
}

/** The objects below a prefix, with their paths in a folder. Folder markers are skipped. */
export async function folderContent(
  bucket: Bucket,
  prefix: string,
  signal: AbortSignal,
): Promise<FolderContent> {
  const placed: PlacedObject[] = [];
  const leftOut: string[] = [];
  const taken = new Taken();
  for await (const { objects } of pagesOf(bucket, { prefix, isFlat: false }, signal)) {
    for (const object of objects) {
      if (object.key.endsWith("/") && object.bytes === 0) continue;
      const path = safePath(object.key.slice(prefix.length), taken);
      if (path === undefined) leftOut.push(object.key);
      else placed.push({ object, path: path.split("/").join(sep) });
    }
    if (placed.length + leftOut.length > MAX_FILES) {
      const reason = `there are more than ${MAX_FILES} objects below it`;
      throw new StudioError("REQUEST_INVALID", { field: "The folder", value: prefix, reason });
    }
  }
  return { placed, leftOut };
}

function safePath(key: string, taken: Taken): string | undefined {
  if (key === "" || key.endsWith("/") || key.includes("\\")) return undefined;
  try {
    const path = memberPath(key, "bucket");
    return taken.take(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Detects names that differ only in case, and files where another key needs a folder. */
class Taken {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();

  take(path: string): boolean {
    const folded = path.normalize("NFC").toLowerCase();
    const steps = folded.split("/");
    const above = steps.slice(1).map((_, i) => steps.slice(0, i + 1).join("/"));
    const isTaken = this.#files.has(folded) || this.#folders.has(folded);
    if (isTaken || above.some((folder) => this.#files.has(folder))) return false;
    this.#files.add(folded);
    for (const folder of above) this.#folders.add(folder);
    return true;
  }
}
