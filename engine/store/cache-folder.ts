import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** What decides where caches belong on a machine. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * Where the studio keeps what it can make again: `chosen` where given, otherwise `darkroom` in the
 * folder the system has for caches. The folder need not exist yet.
 */
export function cacheFolder(chosen?: string, machine: Machine = thisMachine()): string {
  return chosen ?? join(systemCaches(machine), "darkroom");
}

function thisMachine(): Machine {
  return { platform: process.platform, env: process.env, home: homedir() };
}

function systemCaches({ platform, env, home }: Machine): string {
  if (platform === "darwin") return join(home, "Library", "Caches");
  if (platform === "win32") return env["LOCALAPPDATA"] ?? join(home, "AppData", "Local");
  const chosen = env["XDG_CACHE_HOME"];
  // The XDG specification has relative paths ignored.
  return chosen !== undefined && isAbsolute(chosen) ? chosen : join(home, ".cache");
}
