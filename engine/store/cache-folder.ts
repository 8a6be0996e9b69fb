import { readdir, rm, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { UNFINISHED } from "../files/unfinished.ts";
import { homeFolder, ownTemporaryFolder } from "../files/user-folders.ts";

/** What decides where caches belong on a machine. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined where this user has none. */
  readonly home: string | undefined;
}

/**
 * Where the studio keeps what it can make again: `chosen` where given, otherwise `darkroom` in the
 * folder the system has for caches, or in a temporary one of a user without a home. The folder need not
 * exist yet.
 */
export function cacheFolder(chosen?: string, machine: Machine = thisMachine()): string {
  return chosen ?? join(systemCaches(machine), "darkroom");
}

/** A writer that lives writes every few milliseconds. */
const ABANDONED_MS = 120_000;

/**
 * Deletes what writers that died left in a folder of the cache: what was written to last two minutes ago.
 * A process of ours that runs elsewhere may be writing there now.
 */
export async function sweepAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => UNFINISHED.test(one))) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    const isAbandoned = found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS;
    if (isAbandoned) await rm(path, { force: true }).catch(() => undefined);
  }
}

function thisMachine(): Machine {
  return { platform: process.platform, env: process.env, home: homeFolder() };
}

function systemCaches({ platform, env, home = ownTemporaryFolder() }: Machine): string {
  if (platform === "darwin") return join(home, "Library", "Caches");
  if (platform === "win32") return env["LOCALAPPDATA"] ?? join(home, "AppData", "Local");
  const chosen = env["XDG_CACHE_HOME"];
  // The XDG specification has relative paths ignored.
  return chosen !== undefined && isAbsolute(chosen) ? chosen : join(home, ".cache");
}
