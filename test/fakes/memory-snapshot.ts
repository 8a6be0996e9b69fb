import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import type { SnapshotFiles } from "../../engine/snapshot/files.ts";

/** The files of a folder by relative path, which a test can remove, add and damage. */
export type FileMap = Map<string, Uint8Array>;

export function loadFolder(folder: string): FileMap {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      const relative = path.slice(join(folder, sep).length).split(sep).join("/");
      return [relative, new Uint8Array(readFileSync(path))];
    }),
  );
}

export function saveFolder(folder: string, files: FileMap): void {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

/** A snapshot in memory. */
export function memorySnapshot(files: FileMap): SnapshotFiles {
  return {
    list: async () => [...files].map(([path, { length }]) => ({ path, sizeBytes: length })),
    async readBytes(path, start, length) {
      const bytes = files.get(path);
      if (bytes === undefined) throw new Error(`${path} was not listed`);
      return bytes.slice(start, start + length);
    },
  };
}
