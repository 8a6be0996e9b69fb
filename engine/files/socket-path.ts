import { createHash } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StudioError } from "../contract/errors.ts";

/** Kernels take 104 (macOS) or 108 (Linux) bytes, the last of them a zero. */
const MAX_SOCKET_PATH_BYTES = 100;

/**
 * Where the studio of a data folder listens to the command line: `studio.sock` in it; a pipe on Windows;
 * and where the folder's path is too long for a socket, a folder of this user's beside other temporary
 * ones. The folder is made here, since who made it beforehand could listen in our stead.
 */
export async function socketPath(folder: string): Promise<string> {
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 24);
  if (process.platform === "win32") return `\\\\.\\pipe\\darkroom-${name}`;
  const path = join(folder, "studio.sock");
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path;
  return join(await ownTemporaryFolder(), `${name}.sock`);
}

async function ownTemporaryFolder(): Promise<string> {
  const user = process.getuid?.() ?? 0;
  const folder = join(process.env["XDG_RUNTIME_DIR"] ?? tmpdir(), `darkroom-${user}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = await lstat(folder);
  if (uid === user && (mode & 0o170077) === 0o040000) return folder;
  const reason = "it is not this user's alone";
  throw new StudioError("DATA_FOLDER_UNUSABLE", { path: folder, reason });
}
