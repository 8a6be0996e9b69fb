import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { StudioError, toWire } from "../contract/errors.ts";
import {
  modelIdSchema,
  STARTER_ID,
  type ModelFile,
  type ModelSummary,
  type Provenance,
  type StoredModel,
} from "../contract/models.ts";
import { syncFolder } from "../files/atomic-file.ts";
import type { FreeBytes } from "../files/disk-full.ts";
import { Turns } from "../files/turns.ts";
import { layoutOf, LIKED_VARIANTS } from "../snapshot/layout.ts";
import { copySnapshot } from "./copy-snapshot.ts";
import type { FileWork } from "./file-work.ts";
import type { Fit } from "./fit.ts";
import { isInt8Path } from "../snapshot/int8-path.ts";
import { rememberModelHashes, forgetCopies } from "./kept-copies.ts";
import {
  absentModel,
  isLinkRecords,
  isStored,
  recordsOfStored,
  targetOf,
  writeLink,
} from "./linked-models.ts";
import { listFolder, type ListedFile } from "./listing.ts";
import { freeId, idFrom, storedIds } from "./model-ids.ts";
import {
  isRecord,
  readHashes,
  recordsIn,
  weightsHash,
  writeHashes,
  writeProvenance,
} from "./records.ts";
import { openSnapshotFolder } from "./snapshot-folder.ts";
import {
  discardStaging,
  inheritStaging,
  openStaging,
  sweep,
  syncSnapshot,
  type Staging,
} from "./staging.ts";
import { verdictInWords, verifyFiles } from "./verify-files.ts";

export interface ModelStoreOptions {
  /** `models` in the data folder; created if it does not exist. */
  readonly folder: string;
  /** The snapshot that ships with the studio. */
  readonly starterFolder: string;
  /** Reads a snapshot; refuses one that Darkroom cannot draw with. */
  readonly readModel: (folder: string) => Promise<ModelSummary>;
  readonly fitOf: (summary: ModelSummary) => Fit;
  /** Why a model cannot be removed at present; undefined if it can. */
  readonly useOf?: (id: string) => string | undefined;
  /** Called before a model's files are deleted, to unload the model. */
  readonly onRemoving?: (id: string) => void;
  /** Whether the partial files of a work, by its key, may still be needed; those of all others are deleted. */
  readonly mayNeed?: (key: string) => boolean;
  /** As returned by `cacheFolder`: a model's converted copies there are deleted with the model. */
  readonly cacheFolder: string;
  /** Replaces the disk's own figure in tests. */
  readonly freeBytes?: FreeBytes;
}

/** A complete model that is to be added to the store. */
export interface Arrival {
  /** The key its files were staged under. */
  readonly key: string;
  /** Ids that it may get, in order of preference. */
  readonly ids: readonly [string, ...string[]];
  readonly provenance: Provenance;
  readonly files: readonly ModelFile[];
}

export interface FolderImport extends FileWork {
  /** Identifies the work; two that run at once have different keys. */
  readonly key: string;
  /** A diffusers folder, a folder of the hub's cache, or a folder that contains either. */
  readonly folder: string;
  /** The model's new id; by default made from the folder's name. */
  readonly id?: string | undefined;
}

const LIMITS = { depth: 3, entries: 10_000 };
const UNREADABLE: Fit = { verdict: "good", reason: "It cannot be read.", memoryBytes: 0 };

/**
 * The models on this machine: one folder each, in diffusers layout, or a link to one, named by the model's id. A new
 * model appears when its finished folder is renamed to its id; names that start with a dot are work in progress.
 */
export class ModelStore {
  readonly #options: ModelStoreOptions;
  /** Models are added one at a time, so that no two get the same id. */
  readonly #arrivals = new Turns();

  private constructor(options: ModelStoreOptions) {
    this.#options = options;
  }

  static async open(options: ModelStoreOptions): Promise<ModelStore> {
    await mkdir(options.folder, { recursive: true });
    await sweep(options.folder, options.mayNeed ?? (() => false));
    return new ModelStore(options);
  }

  /** All models, the starter first; one that cannot be read says why. */
  async list(): Promise<readonly StoredModel[]> {
    const ids = [STARTER_ID, ...(await storedIds(this.#options.folder))];
    const models = await Promise.all(ids.map((id) => this.#describe(id)));
    return models.filter((model) => model !== undefined);
  }

  /** The folder of a model's files. Refuses as NOT_FOUND, and as SNAPSHOT_NOT_FOUND if a link leads nowhere. */
  async folderOf(id: string): Promise<string> {
    if (id === STARTER_ID) return this.#options.starterFolder;
    const folder = join(this.#options.folder, id);
    const isThere = modelIdSchema.safeParse(id).success && (await isFolder(folder));
    if (!isThere) throw await absentModel(folder, id);
    return folder;
  }

  /** A model's files with their sizes, and their hashes if they are known. */
  async files(id: string): Promise<readonly ModelFile[]> {
    const files = await filesIn(await this.folderOf(id));
    const known = (await recordsIn(this.#recordsOf(id))).hashes?.files ?? [];
    const hashes = new Map(known.map(({ path, sha256 }) => [path, sha256]));
    return files.map(({ path, sizeBytes }) => ({ path, sizeBytes, sha256: hashes.get(path) }));
  }

  /** Where the models came from, by id, as far as it was recorded. */
  async provenances(): Promise<ReadonlyMap<string, Provenance>> {
    const found = new Map<string, Provenance>();
    for (const id of await storedIds(this.#options.folder)) {
      const { provenance } = await recordsIn(this.#recordsOf(id));
      if (provenance !== undefined) found.set(id, provenance);
    }
    return found;
  }

  /** The folder for the files of a model that is being added, with those that an earlier run left there. */
  stage(key: string): Promise<Staging> {
    return openStaging(this.#options.folder, key);
  }

  /** Gives a new work the staged files of a work that was forgotten: the first that `canUse` accepts. */
  inherit(key: string, canUse: (left: string, folder: string) => Promise<boolean>): Promise<void> {
    return this.#arrivals.take(() => inheritStaging(this.#options.folder, key, canUse));
  }

  /** Deletes a work's staged files. */
  discard(key: string): Promise<void> {
    return discardStaging(this.#options.folder, key);
  }

  /**
   * Turns staged files into a model with a single rename, and returns its id. Refuses unusable models, and as
   * MODEL_EXISTS if the same files are already in the store.
   */
  adopt(arrival: Arrival): Promise<string> {
    return this.#arrivals.take(() => this.#adopt(arrival));
  }

  /**
   * The model that work with this key has already added, if the work was killed after its last rename and before it
   * could report it. It then leaves nothing else behind.
   */
  async broughtBy(key: string): Promise<string | undefined> {
    for (const id of await storedIds(this.#options.folder)) {
      const { hashes } = await recordsIn(this.#recordsOf(id));
      if (hashes?.broughtBy !== key) continue;
      await this.discard(key);
      return id;
    }
    return undefined;
  }

  /**
   * Adds a snapshot on this machine to the store in place, and returns its id: a link points to it, and its records
   * stay in the store. Refuses unusable models, and as MODEL_EXISTS one that is already there.
   */
  link(folder: string): Promise<string> {
    return this.#arrivals.take(async () => {
      const { name, folder: target } = await this.#options.readModel(folder);
      const known = (await this.list()).find(({ summary }) => summary?.folder === target);
      if (known !== undefined) throw new StudioError("MODEL_EXISTS", { model: known.id });
      const store = this.#options.folder;
      const id = freeId([idFrom(name)], await readdir(store));
      const addedAt = new Date().toISOString();
      await writeLink(store, { id, target, addedAt });
      return id;
    });
  }

  /** Copies a snapshot on this machine into the store: only the files that belong to it, in one variant. */
  async importFolder({ key, folder, id, ...work }: FolderImport): Promise<string> {
    const source = await openSnapshotFolder(folder);
    const { name } = await this.#options.readModel(folder);
    const listed = (await source.list()).map(({ path }) => path);
    const { paths } = layoutOf(listed, LIKED_VARIANTS);
    const { snapshot: target } = await this.stage(key);
    try {
      const { freeBytes } = this.#options;
      const files = await copySnapshot({ ...work, source, paths, target, freeBytes });
      const addedAt = new Date().toISOString();
      const provenance: Provenance = { kind: "folder", name, addedAt };
      return await this.adopt({ key, ids: [id ?? idFrom(name)], provenance, files });
    } finally {
      await this.discard(key);
    }
  }

  /**
   * Reads every file of a model again and compares it with its hash; missing hashes are stored. Notes what was compared,
   * and throws the error of the first file that differs.
   */
  async verify(id: string, work: FileWork = {}): Promise<void> {
    const folder = await this.folderOf(id);
    const records = this.#recordsOf(id);
    const known = await readHashes(records);
    const there = await filesIn(folder);
    const verdict = await verifyFiles(folder, { there, known: known?.files ?? [] }, work);
    const { files, faults } = verdict;
    const verified = { at: new Date().toISOString(), isSound: faults.length === 0 };
    await mkdir(records, { recursive: true });
    await writeHashes(records, known === undefined ? { files } : { ...known, verified });
    work.onNote?.(verdictInWords(verdict));
    if (faults[0] !== undefined) throw faults[0];
  }

  /** Deletes a model's files for good. Refuses as MODEL_IN_USE while something needs them. */
  async remove(id: string): Promise<void> {
    const reason = id === STARTER_ID ? "it ships with the studio" : this.#options.useOf?.(id);
    if (reason !== undefined) throw new StudioError("MODEL_IN_USE", { model: id, reason });
    // Hidden first: if a kill interrupts the deletion, the next start finishes it, and no model lacks half its files.
    const gone = join(this.#options.folder, `.gone-${randomUUID()}`);
    const isThere = (await storedIds(this.#options.folder)).includes(id);
    if (!isThere) throw new StudioError("NOT_FOUND", { what: "model", id });
    this.#options.onRemoving?.(id);
    const records = this.#recordsOf(id);
    const copied = (await recordsIn(records)).hashes?.files ?? [];
    // For a linked model this is only the link: its files belong to another program.
    await rename(join(this.#options.folder, id), gone);
    if (isLinkRecords(records)) await rm(records, { recursive: true, force: true });
    await forgetCopies(this.#options.cacheFolder, copied);
    await rm(gone, { recursive: true, force: true });
  }

  async #adopt({ key, ids, provenance, files }: Arrival): Promise<string> {
    const { folder, readModel, cacheFolder } = this.#options;
    const { snapshot } = await this.stage(key);
    await readModel(snapshot);
    await this.#refuseKnown(files);
    await writeHashes(snapshot, { files, broughtBy: key });
    await writeProvenance(snapshot, provenance);
    await syncSnapshot(snapshot);
    const id = freeId(ids, await readdir(folder));
    await rename(snapshot, join(folder, id));
    await syncFolder(folder);
    await rememberModelHashes(cacheFolder, join(folder, id), files).catch(() => undefined);
    await this.discard(key);
    return id;
  }

  async #refuseKnown(files: readonly ModelFile[]): Promise<void> {
    const arriving = contentOf(files);
    for (const id of await storedIds(this.#options.folder)) {
      const { hashes } = await recordsIn(this.#recordsOf(id));
      if (hashes === undefined || contentOf(hashes.files) !== arriving) continue;
      throw new StudioError("MODEL_EXISTS", { model: id });
    }
  }

  /** Undefined for a model that was removed meanwhile. */
  async #describe(id: string): Promise<StoredModel | undefined> {
    const { starterFolder, folder: store } = this.#options;
    const folder = id === STARTER_ID ? starterFolder : join(store, id);
    const { hashes, provenance, problem, lost } = await recordsIn(this.#recordsOf(id));
    const sizes = (await filesIn(folder).catch(() => [])).map(({ sizeBytes }) => sizeBytes);
    const model = {
      id,
      ...(problem && { problem }),
      ...(lost && { lost: [...lost] }),
      ...(await this.#read(await targetOf(folder))),
      diskBytes: sizes.reduce((sum, size) => sum + size, 0),
      sha256: hashes && weightsHash(hashes),
      verified: hashes?.verified,
      provenance,
    };
    return (await isStored(folder)) ? model : undefined;
  }

  async #read(folder: string): Promise<Pick<StoredModel, "summary" | "problem" | "fit">> {
    try {
      const summary = await this.#options.readModel(folder);
      return { summary, fit: this.#options.fitOf(summary) };
    } catch (error) {
      return { problem: toWire(error), fit: UNREADABLE };
    }
  }

  /**
   * The folder of a model's records: beside its files, except for the starter and links, whose folders must not be
   * written.
   */
  #recordsOf(id: string): string {
    const { folder } = this.#options;
    return id === STARTER_ID ? join(folder, `.${STARTER_ID}`) : recordsOfStored(folder, id);
  }
}

/**
 * Equal for the same files with the same bytes, with weights in int8 or without; unequal to anything if a hash is
 * missing.
 */
function contentOf(files: readonly ModelFile[]): string {
  const own = files.filter(({ path }) => !isInt8Path(path));
  const lines = own.map(({ path, sha256 }) => `${sha256 ?? randomUUID()} ${path}`);
  return lines.toSorted().join("\n");
}

async function filesIn(folder: string): Promise<readonly ListedFile[]> {
  const files = await listFolder(folder, LIMITS);
  return files.filter(({ path }) => !isRecord(path));
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}
