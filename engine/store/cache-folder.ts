import { isAbsolute, join } from "node:path";
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
