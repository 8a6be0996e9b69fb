import { StudioError, toWire } from "../../engine/contract/errors.ts";
import type { FolderListing, ScanProgress } from "../../engine/contract/folders.ts";
import { STABLE_DIFFUSION } from "./fake-studio-rows.ts";

const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  "/": ["home", "root", "tmp"],
  "/home": ["ada"],
  "/home/ada": ["ComfyUI", "Documents", "models", "stable-diffusion-webui"],
  "/home/ada/models": [
    "a folder with a name that is longer than any column of a small window",
    "tiny",
  ],
};

/** An invented disk for looking at the folder chooser. */
export function foldersOf(path: string): FolderListing {
  const names = FOLDERS[path] ?? [];
  const parent = path === "/" ? undefined : path.replace(/\/[^/]+$/, "") || "/";
  return {
    path,
    ...(parent !== undefined && { parent }),
    folders: names.map((name) => ({
      name,
      path: `${path === "/" ? "" : path}/${name}`,
      isLink: name === "Documents",
      isClosed: name === "root",
    })),
    archives: path === "/home/ada/models" ? [{ name: "tiny.mar", path: `${path}/tiny.mar` }] : [],
    isCut: false,
  };
}

/** The results of searching it: a usable model, an archive, and two that cannot be used. */
export async function* scanOf(folder: string): AsyncGenerator<ScanProgress, void> {
  const at = (name: string) => ({ path: `${folder}/${name}`, name });
  const problemOf = (code: "PICKLE_REFUSED" | "SNAPSHOT_UNSUPPORTED", name: string) => ({
    ...at(name),
    kind: "file" as const,
    problem: toWire(
      new StudioError(code, { file: name, what: "A model in a single file", found: name }),
    ),
  });
  yield { entries: 4200, folder, found: [], closed: [] };
  yield {
    entries: 12_480,
    folder,
    found: [
      {
        ...at("stable-diffusion-2-1"),
        kind: "snapshot",
        summary: STABLE_DIFFUSION.summary,
        fit: STABLE_DIFFUSION.fit,
        estimate: { seconds: 1680, secondsPerStep: 33, loadSeconds: 4, basis: "estimated" },
      },
      { ...at("tiny.mar"), kind: "archive" },
      problemOf("SNAPSHOT_UNSUPPORTED", "dreamshaper_8.safetensors"),
      problemOf("PICKLE_REFUSED", "v1-5-pruned.ckpt"),
    ],
    closed: [`${folder}/private`],
    end: "done",
  };
}
