import { lstatSync, mkdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { StudioError } from "../contract/errors.ts";

/**
 * This user's home folder; undefined where there is none, as in containers and services: HOME is not set
 * and the system's list of users does not have this one.
 */
export function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

/**
 * A folder beside other temporary ones that is this user's alone. It is made here, since who made it
 * beforehand could put something into it. Refuses as DATA_FOLDER_UNUSABLE.
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
