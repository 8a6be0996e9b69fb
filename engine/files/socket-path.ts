import { createHash } from "node:crypto";
import { join } from "node:path";
import { ownTemporaryFolder } from "./user-folders.ts";

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
  return join(ownTemporaryFolder(), `${name}.sock`);
}
