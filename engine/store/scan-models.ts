import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { StudioError, toWire } from "../contract/errors.ts";
import type { ScannedModel, ScanProgress } from "../contract/folders.ts";
import type { ModelSummary } from "../contract/models.ts";
import { isPickle } from "../snapshot/weight-files.ts";

export interface ModelScan {
  readonly folder: string;
  /** Reads a snapshot; refuses what cannot be drawn with. */
  readonly readModel: (folder: string) => Promise<ModelSummary>;
  /** The id of a stored model by the real path of its folder. */
  readonly storedIdOf?: ((folder: string) => string | undefined) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: { readonly depth: number; readonly entries: number };
}

/** Deeper than any program nests models, and larger than the largest collections. */
const LIMITS = { depth: 12, entries: 500_000 };
/** Smaller files are embeddings, previews or configs. */
const MODEL_BYTES = 10e6;
const TELL_MS = 250;

/** Other programs' formats by file extension. */
const FORMATS: Readonly<Record<string, string>> = {
  ".gguf": "A model in the GGUF format",
  ".onnx": "A model in the ONNX format",
  ".tdict": "A model in DiffusionBee's format",
  ".mlmodelc": "A model in the Core ML format",
  ".mlpackage": "A model in the Core ML format",
};

/**
 * Searches a folder tree for models and yields what it finds. Links to folders are followed, each folder is searched
 * once, hidden ones are skipped. Nothing is changed or copied. Stops at the limits and says so.
 */
export async function* scanModels(scan: ModelScan): AsyncGenerator<ScanProgress, void> {
  const { folder, signal, limits = LIMITS } = scan;
  const waiting = [{ path: folder, depth: 0 }];
  const seen = new Set<string>();
  let entries = 0;
  let found: ScannedModel[] = [];
  let closed: string[] = [];
  let toldAt = performance.now();
  const tell = (at: string, end?: ScanProgress["end"]): ScanProgress => {
    const progress = { entries, folder: at, found, closed, ...(end !== undefined && { end }) };
    [found, closed, toldAt] = [[], [], performance.now()];
    return progress;
  };
  // The list grows while it is iterated.
  for (const { path, depth } of waiting) {
    signal?.throwIfAborted();
    const real = await realpath(path).catch(() => path);
    if (seen.has(real)) continue;
    seen.add(real);
    const inside = await readdir(path, { withFileTypes: true }).catch(() => undefined);
    if (inside === undefined) {
      closed.push(path);
      continue;
    }
    entries += inside.length;
    const here = await modelsIn(path, inside, scan);
    found.push(...here.models);
    if (depth < limits.depth && !here.isModel) {
      for (const name of await foldersIn(path, inside)) {
        waiting.push({ path: join(path, name), depth: depth + 1 });
      }
    }
    if (entries > limits.entries) return yield tell(path, "limit");
    if (performance.now() - toldAt > TELL_MS) yield tell(path);
  }
  yield tell(folder, "done");
}

interface Here {
  readonly models: readonly ScannedModel[];
  /** Whether the folder itself is a model, so that it is not searched further. */
  readonly isModel: boolean;
}

async function modelsIn(path: string, inside: readonly Dirent[], scan: ModelScan): Promise<Here> {
  const names = new Set(inside.map(({ name }) => name));
  if (names.has("model_index.json")) {
    return { models: [await snapshotAt(path, scan)], isModel: true };
  }
  const models: ScannedModel[] = [];
  const isPart = names.has("config.json");
  for (const entry of inside) {
    const model = candidateAt(join(path, entry.name), isPart);
    if (model === undefined || entry.name.startsWith(".")) continue;
    const size = entry.isDirectory() ? Infinity : await sizeOf(model.path);
    if (size >= MODEL_BYTES) models.push(model);
  }
  return { models, isModel: false };
}

async function snapshotAt(path: string, { readModel, storedIdOf }: ModelScan) {
  const named = { path, name: basename(path), kind: "snapshot" } as const;
  try {
    const summary = await readModel(path);
    const storedId = storedIdOf?.(summary.folder);
    return { ...named, name: summary.name, summary, ...(storedId !== undefined && { storedId }) };
  } catch (error) {
    return { ...named, problem: toWire(error) };
  }
}

/** What a file's extension says: an archive, which can be imported, or a model in an unsupported format. */
function candidateAt(path: string, isPart: boolean): ScannedModel | undefined {
  const name = basename(path);
  if (name.endsWith(".mar")) return { path, name, kind: "archive" };
  const refuse = (error: StudioError): ScannedModel => ({
    path,
    name,
    kind: "file",
    problem: toWire(error),
  });
  const format = FORMATS[extname(name).toLowerCase()];
  if (format !== undefined) return refuse(unsupported(format, name));
  if (isPickle(name)) return refuse(new StudioError("PICKLE_REFUSED", { file: name }));
  if (!name.endsWith(".safetensors")) return undefined;
  return refuse(unsupported(isPart ? "One network of a model" : "A model in a single file", name));
}

function unsupported(what: string, found: string): StudioError {
  return new StudioError("SNAPSHOT_UNSUPPORTED", { what, found: found.slice(0, 100) });
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : 0;
}

/** Subfolders and links to folders, without hidden ones and macOS' archive leftovers. */
async function foldersIn(path: string, inside: readonly Dirent[]): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const entry of inside) {
    const { name } = entry;
    if (name.startsWith(".") || name === "__MACOSX" || name === "node_modules") continue;
    if (entry.isDirectory()) folders.push(name);
    else if (entry.isSymbolicLink()) {
      const found = await stat(join(path, name)).catch(() => undefined);
      if (found?.isDirectory()) folders.push(name);
    }
  }
  return folders.toSorted();
}
