import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { StudioError, toWire } from "../contract/errors.ts";
import { isHidden, isNamedAsPicture, MAX_PICTURE_BYTES } from "../contract/picture-files.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { systemCode } from "../files/system-error.ts";
import { note, printResult, progressLine } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** `gallery import`: pictures of other programs, copied. */
export function importCommand(signal: AbortSignal) {
  return studioCommand(
    "import",
    "Copies picture files into the gallery, with the settings they contain.",
  )
    .argument("<path...>", "PNG, JPEG or WebP files, or folders of them")
    .action((paths: string[], { dataDir, json }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const found = await findFiles(paths);
        const run = new ImportRun(client, json);
        try {
          for (const [index, path] of found.pictures.entries()) {
            signal.throwIfAborted();
            progressLine(`Importing ${index + 1} of ${found.pictures.length}: ${basename(path)}`);
            await run.take(path);
          }
        } finally {
          run.tellSum(found.others);
        }
      }),
    );
}

interface FoundFiles {
  readonly pictures: readonly string[];
  /** Files in folders that do not have a picture's extension. */
  readonly others: readonly string[];
}

/**
 * The given files, and the files with a picture's extension in the given folders. Hidden files and links to folders are
 * skipped.
 */
async function findFiles(paths: readonly string[]): Promise<FoundFiles> {
  const pictures: string[] = [];
  const others: string[] = [];
  for (const path of paths) {
    // A given folder may itself be a link.
    const place = await realpath(path).catch(() => path);
    const isFolder = await stat(place).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder) {
      pictures.push(path);
      continue;
    }
    const entries = await readdir(place, { recursive: true, withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
      const file = nameOf(entry);
      const inside = file.slice(place.length + 1);
      if (!entry.isFile() || isHidden(inside)) continue;
      (isNamedAsPicture(inside) ? pictures : others).push(file);
    }
  }
  return { pictures, others };
}

function nameOf(entry: { readonly parentPath: string; readonly name: string }): string {
  return join(entry.parentPath, entry.name);
}

/** Number of files that are named at the end; the rest is counted. */
const NAMED_OTHERS = 5;

/** An import and its results so far. */
class ImportRun {
  readonly #client: StudioClient;
  readonly #json: boolean | undefined;
  #imported = 0;
  #present = 0;
  #failed = 0;

  constructor(client: StudioClient, json: boolean | undefined) {
    this.#client = client;
    this.#json = json;
  }

  /**
   * Imports one file. A file that is not a picture is named and skipped; an error of the studio, such as a full disk,
   * ends the import.
   */
  async take(path: string): Promise<void> {
    try {
      const { id, isNew } = await importFile(this.#client, path);
      if (isNew) this.#imported += 1;
      else this.#present += 1;
      if (isNew || this.#json === true)
        printResult(
          this.#json,
          { type: isNew ? "imported" : "present", id, path },
          `${id}\t${path}`,
        );
    } catch (error) {
      if (!(error instanceof StudioError && error.code === "IMAGE_UNREADABLE")) throw error;
      this.#failed += 1;
      process.exitCode = 1;
      const { code, message } = toWire(error);
      if (this.#json === true) printResult(true, { type: "failed", path, code, message }, "");
      else note(`${path}: ${message}`);
    }
  }

  tellSum(others: readonly string[]): void {
    const [imported, present, failed] = [this.#imported, this.#present, this.#failed];
    if (this.#json === true) {
      printResult(true, { type: "sum", imported, present, failed, others: others.length }, "");
      return;
    }
    const parts = [
      `${imported} imported`,
      ...(present > 0 ? [`${present} already in the gallery`] : []),
      ...(failed > 0 ? [`${failed} could not be read`] : []),
    ];
    progressLine(`${parts.join(", ")}.`, true);
    if (others.length === 0) return;
    const named = others.slice(0, NAMED_OTHERS).map((path) => basename(path));
    const more = others.length - named.length;
    note(`Not pictures: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`);
  }
}

async function importFile(client: StudioClient, path: string) {
  const { file, modifiedAt } = await open(path);
  return client.gallery.import({ file, modifiedAt });
}

/** A file to send. */
async function open(path: string): Promise<{ file: File; modifiedAt: string }> {
  const found = await stat(path).catch((error: unknown) => {
    const isGone = systemCode(error) === "ENOENT";
    throw unreadable(
      path,
      isGone ? "it does not exist" : `it cannot be read (${systemCode(error) ?? "unknown"})`,
      error,
    );
  });
  if (!found.isFile()) throw unreadable(path, "it is not an ordinary file");
  if (found.size > MAX_PICTURE_BYTES)
    throw unreadable(path, `it is larger than ${MAX_PICTURE_BYTES >> 20} MiB`);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, `it cannot be read (${systemCode(error) ?? "unknown"})`, error);
  });
  return { file: new File([bytes], basename(path)), modifiedAt: found.mtime.toISOString() };
}

function unreadable(path: string, reason: string, cause?: unknown): StudioError {
  return new StudioError("IMAGE_UNREADABLE", { file: basename(path), reason }, { cause });
}
