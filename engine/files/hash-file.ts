import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { openRegular } from "./regular-file.ts";

const BLOCK_BYTES = 1 << 20;

/** The sha256 of a file, hexadecimal. `onBytes` is called for every block, and may throw to stop. */
export async function hashFile(path: string, onBytes: (bytes: number) => void): Promise<string> {
  await using file = await openRegular(path);
  return await hashBlocks(file, async (block) => onBytes(block.length));
}

/** The same for an open file from its beginning. Each block is also passed on, in memory that is reused. */
export async function hashBlocks(
  file: FileHandle,
  use: (block: Uint8Array) => Promise<void>,
): Promise<string> {
  const hash = createHash("sha256");
  const memory = Buffer.allocUnsafe(BLOCK_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(memory, 0, BLOCK_BYTES);
    if (bytesRead === 0) return hash.digest("hex");
    const block = memory.subarray(0, bytesRead);
    hash.update(block);
    await use(block);
  }
}
