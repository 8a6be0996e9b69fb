import { createHash } from "node:crypto";
import { join } from "node:path";
import { ownTemporaryFolder } from "./user-folders.ts";

/** Kernels limit it to 104 (macOS) or 108 (Linux) bytes including a zero. */
const MAX_SOCKET_PATH_BYTES = 100;

/**
 * Where the studio of a data folder listens for the command line: `studio.sock` in it; a pipe on Windows; or, if the
 * path is too long for a socket, in a temporary folder of this user. That folder is made here, so that nobody else can
 * create it first and listen in our place.
 */
export async function socketPath(folder: string): Promise<string> {
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 24);
  if (process.platform === "win32") return `\\\\.\\pipe\\darkroom-${name}`;
  const path = join(folder, "studio.sock");
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path;
  return join(ownTemporaryFolder(), `${name}.sock`);
}
