import { lstatSync, mkdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { StudioError } from "../contract/errors.ts";

/**
 * This user's home folder; undefined if there is none, as in containers and services where HOME is not set and the user
 * is not in the system's list.
 */
export function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

/**
 * A temporary folder that only this user can access. It is made here, so that nobody else can create it first and put
 * something in it. Refuses as DATA_FOLDER_UNUSABLE.
 */
export function ownTemporaryFolder(): string {
  const user = process.getuid?.() ?? 0;
  const folder = join(process.env["XDG_RUNTIME_DIR"] ?? tmpdir(), `darkroom-${user}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  const isOwn = process.platform === "win32" || (uid === user && (mode & 0o170077) === 0o040000);
  if (isOwn) return folder;
  const reason = "it is not this user's alone";
  throw new StudioError("DATA_FOLDER_UNUSABLE", { path: folder, reason });
}
