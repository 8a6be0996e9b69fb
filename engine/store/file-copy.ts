import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { clone } from "../files/clone.ts";
import { hashBlocks, hashFile } from "../files/hash-file.ts";
import { openRegular } from "../files/regular-file.ts";

/** Counts bytes, and throws to stop. */
export type OnBytes = (bytes: number) => void;

/**
 * Copies a file and returns its sha256; as a copy-on-write clone if the file system supports that. Never as a hard
 * link: a program that overwrites its own model would change ours, including bytes that inference has mapped.
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
