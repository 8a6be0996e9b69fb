import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { clone } from "../files/clone.ts";
import { hashBlocks, hashFile } from "../files/hash-file.ts";
import { openRegular } from "../files/regular-file.ts";

/** Counts bytes, and throws where the work is to end. */
export type OnBytes = (bytes: number) => void;

/**
 * Copies a file and gives its sha256. Where the file system shares blocks between files until one of
 * them changes, it does so. Never a hard link: a program that saves over its own model would change
 * ours, and cut off the very bytes that inference has mapped.
 */
export async function copyHashed(
  source: string,
  target: string,
  onBytes: OnBytes,
): Promise<string> {
  await mkdir(dirname(target), { recursive: true });
  if (await clone(source, target)) return hashFile(target, onBytes);
  await using from = await openRegular(source);
  await using to = await open(target, "w");
  return await hashBlocks(from, async (block) => {
    onBytes(block.length);
    await to.appendFile(block);
  });
}
