import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { diskFull } from "../files/disk-full.ts";
import { isDiskFull, systemCode } from "../files/system-error.ts";
import { UNFINISHED } from "../files/unfinished.ts";
import { homeFolder, ownTemporaryFolder } from "../files/user-folders.ts";

/** What decides where this machine stores caches. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined if this user has none. */
  readonly home: string | undefined;
}

/**
 * Where the studio stores what can be made again: `chosen`, otherwise `darkroom` in the system's cache folder, or in a
 * temporary folder for a user without a home. It need not exist yet.
 */
export function cacheFolder(chosen?: string, machine: Machine = thisMachine()): string {
  return chosen ?? join(systemCaches(machine), "darkroom");
}

/** The cache folder, or a temporary one if it cannot be written, as in a container with a read-only root. */
export async function writableCache(tell: (line: string) => void): Promise<string> {
  const usual = cacheFolder();
  if (await canWrite(usual)) return usual;
  const temporary = temporaryCache();
  if (temporary !== undefined && (await canWrite(temporary))) {
    tell(`${usual} cannot be written, so what is unpacked lies in ${temporary} (${tmpdir()}).`);
    return temporary;
  }
  tell(
    `Neither ${usual} nor ${tmpdir()} can be written, so no archive can be unpacked and no weights in int8 can be made: mount an emptyDir, and name it in TMPDIR.`,
  );
  return usual;
}

function temporaryCache(): string | undefined {
  try {
    return join(ownTemporaryFolder(), "cache");
  } catch {
    return undefined;
  }
}

async function canWrite(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    await rm(await mkdtemp(join(folder, ".try-")), { recursive: true });
    return true;
  } catch {
    return false;
  }
}

/** Makes a folder of the cache. Refuses as CACHE_UNWRITABLE or DISK_FULL. */
export async function makeCache(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw cacheFailure(folder, 0, cause);
  });
}

/** The refusal for a failed write into the cache; other errors unchanged. */
export function cacheFailure(folder: string, needed: number, cause: unknown): unknown {
  const code = systemCode(cause) ?? "";
  if (isDiskFull(cause)) return diskFull(folder, needed);
  if (!["EACCES", "EEXIST", "ENOENT", "ENOTDIR", "EPERM", "EROFS"].includes(code)) return cause;
  return new StudioError("CACHE_UNWRITABLE", { path: folder, reason: code }, { cause });
}

/** A live writer writes every few milliseconds. */
export const ABANDONED_MS = 120_000;

/**
 * Deletes what dead writers left in a folder of the cache, if it was last written two minutes ago. Another process of
 * ours may be writing there now.
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
  // The XDG specification says to ignore relative paths.
  return chosen !== undefined && isAbsolute(chosen) ? chosen : join(home, ".cache");
}
