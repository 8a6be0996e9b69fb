import { constants } from "node:fs";
import { access, chmod, mkdir, readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { homeFolder } from "./user-folders.ts";
import { systemCode } from "./system-error.ts";

/** What decides where this machine stores a program's data. */
export interface DataMachine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined if this user has none. */
  readonly home: string | undefined;
}

/**
 * Where the studio stores its user's data: `chosen`, else DARKROOM_HOME, else the system's place for program data.
 * Absolute; it need not exist yet.
 */
export function dataFolderPath(chosen?: string, machine: DataMachine = thisMachine()): string {
  const wanted = chosen ?? nonEmpty(machine.env["DARKROOM_HOME"]);
  return wanted === undefined ? (systemPlace(machine) ?? homeless()) : resolve(wanted);
}

function systemPlace({ platform, env, home }: DataMachine): string | undefined {
  if (platform === "darwin") return below(home, "Library", "Application Support", "Darkroom");
  if (platform === "win32") {
    return below(nonEmpty(env["LOCALAPPDATA"]) ?? below(home, "AppData", "Local"), "Darkroom");
  }
  const shared = env["XDG_DATA_HOME"];
  // The XDG specification says to ignore relative paths.
  const isTaken = shared !== undefined && isAbsolute(shared);
  return below(isTaken ? shared : below(home, ".local", "share"), "darkroom");
}

function below(folder: string | undefined, ...names: readonly string[]): string | undefined {
  return folder && join(folder, ...names);
}

function homeless(): never {
  const reason = "this user has no home folder, so name a folder for the studio";
  throw new StudioError("REQUEST_INVALID", { field: "--data-dir", value: "left out", reason });
}

/**
 * The data folder's real path. Makes it if it is missing, readable by this user only. Refuses as DATA_FOLDER_UNUSABLE.
 */
export async function openDataFolder(chosen?: string): Promise<string> {
  const path = dataFolderPath(chosen);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const folder = await realpath(path);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    if (process.platform !== "win32") await keepPrivate(folder);
    return folder;
  } catch (error) {
    if (error instanceof StudioError) throw error;
    throw new StudioError(
      "DATA_FOLDER_UNUSABLE",
      { path, reason: inWords(error) },
      { cause: error },
    );
  }
}

/** Names found in a data folder; a folder with other names is used for something else as well. */
const NAMES =
  /^(\.|(queue|gallery|owner)\.([\w-]+\.)?sqlite|(gallery|settings|form|secrets|tokens|transfers|owner|server|endpoints|connections)\.([\w-]+\.)?json|studio\.|(gallery|thumbnails|trash|init-images|models|logs|bucket-transfers|cuda)$)/;

/**
 * Removes other users' permissions, but only from a folder with nothing but a studio's data: someone who names their
 * home folder keeps its mode. Secrets must not be stored where everybody can write.
 */
async function keepPrivate(folder: string): Promise<void> {
  const { mode, uid } = await stat(folder);
  const names = await readdir(folder);
  const isOpen = (mode & 0o002) !== 0;
  const isStudio = names.every((name) => NAMES.test(name));
  // In a world-writable folder files can be anyone's, even under our names.
  const mayClose = uid === process.getuid?.() && (isOpen ? names.length === 0 : isStudio);
  if ((mode & 0o077) !== 0 && mayClose) await chmod(folder, 0o700);
  if (isOpen && ((await stat(folder)).mode & 0o002) !== 0) throw notPrivate(folder);
}

function notPrivate(path: string): StudioError {
  const own = systemPlace(thisMachine());
  const wouldDo = own === undefined || own === path ? "" : `; ${own} would do`;
  return new StudioError("DATA_FOLDER_UNUSABLE", {
    path,
    reason: `everybody may write to it${wouldDo}`,
  });
}

function inWords(error: unknown): string {
  const code = systemCode(error) ?? "unknown";
  const words: Readonly<Record<string, string>> = {
    EACCES: "it may not be written to",
    EEXIST: "it is a file",
    ENOTDIR: "a part of the path is a file",
    EROFS: "it is on a disk that cannot be written to",
    ENOSPC: "the disk is full",
  };
  return words[code] ?? code;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function thisMachine(): DataMachine {
  return { platform: process.platform, env: process.env, home: homeFolder() };
}
