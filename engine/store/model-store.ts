import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { StudioError, toWire } from "../contract/errors.ts";
import {
  modelIdSchema,
  STARTER_ID,
  type ModelFile,
  type ModelSummary,
  type StoredModel,
} from "../contract/models.ts";
import type { Fit } from "./fit.ts";
import { HASHES, readHashes, weightsHash } from "./hashes.ts";
import { listFolder, type ListedFile } from "./listing.ts";
import { PROVENANCE, readProvenance } from "./provenance.ts";

export interface ModelStoreOptions {
  /** `models` in the data folder; made where it is not there. */
  readonly folder: string;
  /** The snapshot that ships with the studio. */
  readonly starterFolder: string;
  /** Reads a snapshot, and refuses what cannot be drawn with. */
  readonly readModel: (folder: string) => Promise<ModelSummary>;
  readonly fitOf: (summary: ModelSummary) => Fit;
  /** Why a model cannot be removed just now; undefined where it can. */
  readonly useOf?: (id: string) => string | undefined;
}

const LIMITS = { depth: 3, entries: 10_000 };
const UNREADABLE: Fit = { verdict: "good", reason: "It cannot be read.", memoryBytes: 0 };
/** Beside the files of a model, not among them. */
const RECORDS: ReadonlySet<string> = new Set([PROVENANCE, HASHES]);

/**
 * The models on this machine: one folder each, in diffusers layout, named by its id. A model is there
 * from the rename on that brings its folder to its name; names with a dot in front are work in progress.
 */
export class ModelStore {
  readonly #options: ModelStoreOptions;

  private constructor(options: ModelStoreOptions) {
    this.#options = options;
  }

  static async open(options: ModelStoreOptions): Promise<ModelStore> {
    await mkdir(options.folder, { recursive: true });
    return new ModelStore(options);
  }

  /** Every model, the starter first, those that cannot be read with the reason. */
  async list(): Promise<readonly StoredModel[]> {
    const ids = [STARTER_ID, ...(await this.#storedIds())];
    return Promise.all(ids.map((id) => this.#describe(id)));
  }

  /** Where a model's files lie. */
  async folderOf(id: string): Promise<string> {
    if (id === STARTER_ID) return this.#options.starterFolder;
    const folder = join(this.#options.folder, id);
    const isThere = modelIdSchema.safeParse(id).success && (await isFolder(folder));
    if (!isThere) throw new StudioError("NOT_FOUND", { what: "model", id });
    return folder;
  }

  /** A model's files with their sizes, and their hashes where they are known. */
  async files(id: string): Promise<readonly ModelFile[]> {
    const known = (await readHashes(await this.#recordsOf(id)))?.files ?? [];
    const hashes = new Map(known.map(({ path, sha256 }) => [path, sha256]));
    const files = await filesIn(await this.folderOf(id));
    return files.map((file) => ({ ...file, sha256: hashes.get(file.path) }));
  }

  /** Deletes a model's files for good. Refuses as MODEL_IN_USE while something needs them. */
  async remove(id: string): Promise<void> {
    const reason = id === STARTER_ID ? "it ships with the studio" : this.#options.useOf?.(id);
    if (reason !== undefined) throw new StudioError("MODEL_IN_USE", { model: id, reason });
    // A name with a dot first: what a kill interrupts is swept, never a model with half its files.
    const gone = join(this.#options.folder, `.gone-${randomUUID()}`);
    await rename(await this.folderOf(id), gone);
    await rm(gone, { recursive: true, force: true });
  }

  async #storedIds(): Promise<readonly string[]> {
    const { folder } = this.#options;
    const ids: string[] = [];
    for (const name of (await readdir(folder)).toSorted()) {
      const isId = name !== STARTER_ID && modelIdSchema.safeParse(name).success;
      if (isId && (await isFolder(join(folder, name)))) ids.push(name);
    }
    return ids;
  }

  async #describe(id: string): Promise<StoredModel> {
    const folder = await this.folderOf(id);
    const records = await this.#recordsOf(id);
    const hashes = await readHashes(records);
    const sizes = (await filesIn(folder).catch(() => [])).map(({ sizeBytes }) => sizeBytes);
    return {
      id,
      ...(await this.#read(folder)),
      diskBytes: sizes.reduce((sum, size) => sum + size, 0),
      sha256: hashes && weightsHash(hashes),
      verified: hashes?.verified,
      provenance: await readProvenance(records),
    };
  }

  async #read(folder: string): Promise<Pick<StoredModel, "summary" | "problem" | "fit">> {
    try {
      const summary = await this.#options.readModel(folder);
      return { summary, fit: this.#options.fitOf(summary) };
    } catch (error) {
      return { problem: toWire(error), fit: UNREADABLE };
    }
  }

  /** Where what is known of a model lies: beside its files, but for the starter, whose folder is not ours to write. */
  async #recordsOf(id: string): Promise<string> {
    if (id === STARTER_ID) return join(this.#options.folder, `.${STARTER_ID}`);
    return this.folderOf(id);
  }
}

async function filesIn(folder: string): Promise<readonly ListedFile[]> {
  const files = await listFolder(folder, LIMITS);
  return files.filter(({ path }) => !RECORDS.has(path));
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}
