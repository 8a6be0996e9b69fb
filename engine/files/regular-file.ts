import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { StudioError } from "../contract/errors.ts";

/**
 * Opens a regular file for reading. Refuses everything else as CONFIG_INVALID: opening a pipe would wait for a writer,
 * and reading a device never ends.
 */
export async function openRegular(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const isFile = await handle.stat().then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) return handle;
  await handle.close();
  throw new StudioError("CONFIG_INVALID", { file: path, reason: "it is not an ordinary file" });
}

/** The text of a file, cut off after `maxBytes`. */
export async function readRegular(path: string, maxBytes: number): Promise<string> {
  await using handle = await openRegular(path);
  const { size } = await handle.stat();
  const bytes = Buffer.alloc(Math.min(size, maxBytes));
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
  return bytes.toString("utf8", 0, bytesRead);
}
