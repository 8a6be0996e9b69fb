import { constants, type Dirent } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, parse, resolve } from "node:path";
import { ARCHIVE_ENDING } from "../contract/archives.ts";
import { StudioError } from "../contract/errors.ts";
import {
  MAX_FOLDERS,
  type FolderListing,
  type FolderRequest,
  type Place,
} from "../contract/folders.ts";
import { systemCode } from "./system-error.ts";

/**
 * The subfolders of a folder, by name, and on request its model archives, including links to both. Refuses as
 * REQUEST_INVALID anything that is not a folder or cannot be opened.
 */
export async function listFolders({
  path = homedir(),
  withHidden = false,
  withArchives = false,
}: Partial<FolderRequest>): Promise<FolderListing> {
  if (!isAbsolute(path)) throw invalid(path, "it must be a full path");
  const folder = resolve(path);
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw invalid(folder, reasonOf(cause));
  });
  const collator = new Intl.Collator("en", { numeric: true });
  const shown = entries
    .filter(({ name }) => withHidden || !name.startsWith("."))
    .toSorted((a, b) => collator.compare(a.name, b.name));
  const names = shown.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  const folders = await foldersAmong(names, folder);
  const parent = dirname(folder);
  const archives = withArchives ? await archivesAmong(shown, folder) : [];
  const isFull = folders.length === MAX_FOLDERS && names.length > MAX_FOLDERS;
  const isCut = isFull || archives.length > MAX_FOLDERS;
  const listing = { folders, archives: archives.slice(0, MAX_FOLDERS), isCut };
  return { path: folder, ...(parent !== folder && { parent }), ...listing };
}

async function foldersAmong(
  entries: readonly Dirent[],
  folder: string,
): Promise<FolderListing["folders"]> {
  const folders: FolderListing["folders"] = [];
  for (const entry of entries) {
    if (folders.length === MAX_FOLDERS) break;
    const path = join(folder, entry.name);
    const isLink = entry.isSymbolicLink();
    if (isLink && !(await isFolder(path))) continue;
    folders.push({ name: entry.name, path, isLink, isClosed: !(await isOpen(path)) });
  }
  return folders;
}

/** The files with the name of a model archive; a link counts if it leads to a file. */
async function archivesAmong(
  entries: readonly Dirent[],
  folder: string,
): Promise<FolderListing["archives"]> {
  const archives: FolderListing["archives"] = [];
  for (const entry of entries.filter(({ name }) => ARCHIVE_ENDING.test(name))) {
    const path = join(folder, entry.name);
    const isFile = entry.isFile() || (entry.isSymbolicLink() && (await isFileAt(path)));
    if (isFile) archives.push({ name: entry.name, path });
    if (archives.length > MAX_FOLDERS) break;
  }
  return archives;
}

/**
 * The default model folders of other studios: A1111 and its forks, ComfyUI, InvokeAI, DiffusionBee, LM Studio, Draw
 * Things, and the cache of the hub's client.
 */
const STUDIOS: readonly (readonly [string, string])[] = [
  ["A1111", "stable-diffusion-webui/models/Stable-diffusion"],
  ["Forge", "stable-diffusion-webui-forge/models/Stable-diffusion"],
  ["ComfyUI", "ComfyUI/models"],
  ["ComfyUI", "Documents/ComfyUI/models"],
  ["InvokeAI", "invokeai/models"],
  ["InvokeAI", "InvokeAI/models"],
  ["DiffusionBee", ".diffusionbee"],
  ["LM Studio", ".lmstudio/models"],
  ["LM Studio", ".cache/lm-studio/models"],
  ["Draw Things", "Library/Containers/com.liuliu.draw-things/Data/Documents/Models"],
  ["Hugging Face cache", ".cache/huggingface/hub"],
];

/** Starting points for choosing a folder: the home folder, existing model folders of other studios, and the root. */
export async function knownPlaces(home = homedir()): Promise<readonly Place[]> {
  const places: Place[] = [{ name: basename(home), path: home }];
  for (const [name, below] of STUDIOS) {
    const path = join(home, below);
    if (await isFolder(path)) places.push({ name, path });
  }
  const { root } = parse(home);
  return [...places, { name: root, path: root }];
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

async function isFileAt(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ?? false;
}

function isOpen(path: string): Promise<boolean> {
  return access(path, constants.R_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

function reasonOf(cause: unknown): string {
  const code = systemCode(cause);
  if (code === "ENOENT") return "there is no such folder";
  if (code === "ENOTDIR") return "it is not a folder";
  if (code === "EACCES" || code === "EPERM") return "the system does not let Darkroom open it";
  return `the system cannot open it (${code ?? "unknown"})`;
}

function invalid(value: string, reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The folder", value, reason });
}
