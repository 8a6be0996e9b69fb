import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, parse, resolve } from "node:path";
import { StudioError } from "../contract/errors.ts";
import {
  MAX_FOLDERS,
  type FolderListing,
  type FolderRequest,
  type Place,
} from "../contract/folders.ts";
import { systemCode } from "./system-error.ts";

/**
 * The subfolders of a folder, by name, including links to folders. Refuses as REQUEST_INVALID anything that is not a
 * folder or cannot be opened.
 */
export async function listFolders({
  path = homedir(),
  withHidden = false,
}: Partial<FolderRequest>): Promise<FolderListing> {
  if (!isAbsolute(path)) throw invalid(path, "it must be a full path");
  const folder = resolve(path);
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw invalid(folder, reasonOf(cause));
  });
  const collator = new Intl.Collator("en", { numeric: true });
  const names = entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .filter(({ name }) => withHidden || !name.startsWith("."))
    .toSorted((a, b) => collator.compare(a.name, b.name));
  const folders: FolderListing["folders"] = [];
  for (const entry of names) {
    if (folders.length === MAX_FOLDERS) break;
    const at = join(folder, entry.name);
    const isLink = entry.isSymbolicLink();
    if (isLink && !(await isFolder(at))) continue;
    folders.push({ name: entry.name, path: at, isLink, isClosed: !(await isOpen(at)) });
  }
  const parent = dirname(folder);
  const isCut = folders.length === MAX_FOLDERS && names.length > MAX_FOLDERS;
  return { path: folder, ...(parent !== folder && { parent }), folders, isCut };
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
