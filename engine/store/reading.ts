import type { FileHandle } from "node:fs/promises";
import { StudioError } from "../contract/errors.ts";
import { systemCode } from "../files/system-error.ts";

/** Fills `target` from byte `position` on, as far as the file goes; returns the number of bytes. */
export async function readFully(
  handle: FileHandle,
  target: Uint8Array,
  position: number,
): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const wanted = target.length - filled;
    const { bytesRead } = await handle.read(target, filled, wanted, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** The refusal for a snapshot file that could not be read. */
export function unreadable(file: string, cause: unknown): StudioError {
  if (cause instanceof StudioError) return new StudioError(cause.code, { ...cause.details, file });
  const code = systemCode(cause) ?? "unknown";
  if (code === "ENOENT") return new StudioError("SNAPSHOT_INCOMPLETE", { file }, { cause });
  const reason = `the system does not let it be read (${code})`;
  return new StudioError("CONFIG_INVALID", { file, reason }, { cause });
}
