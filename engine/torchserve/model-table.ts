import { realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { ModelSummary } from "../contract/models.ts";
import type { ModelName } from "../serving/picture-engine.ts";

/** A registered model, as in TorchServe. `responseTimeout` is in seconds, `maxBatchDelay` in milliseconds. */
export interface Registration extends ModelName {
  /** Name of an archive or folder in the model store. */
  readonly url: string;
  readonly minWorkers: number;
  readonly maxWorkers: number;
  readonly batchSize: number;
  readonly maxBatchDelay: number;
  readonly responseTimeout: number;
  readonly isLoadedAtStart: boolean;
}

/** A registered model and its state. */
export interface TableEntry extends Registration {
  readonly state: "loading" | "ready" | "unavailable";
  /** Why it is not ready. */
  readonly reason: string;
  /** What to do about that, as a sentence without its full stop; if absent, the advice is to load it again. */
  readonly fix?: string | undefined;
  /** Its folder and summary, once it has been read. */
  readonly read?: { readonly folder: string; readonly summary: ModelSummary };
  /** When it got its state: ISO 8601. */
  readonly since: string;
}

/** Reads a model, reports it to `read`, and draws with it once. Rejects with the reason if that fails. */
export type LoadModel = (
  registration: Registration,
  read: (read: NonNullable<TableEntry["read"]>) => void,
) => Promise<void>;

/** The models that this process serves, by name and version. */
export class ModelTable {
  readonly #load: LoadModel;
  readonly #now: () => Date;
  /** All versions of each name, the default first. */
  readonly #entries = new Map<string, TableEntry[]>();
  readonly #loading = new Map<string, Promise<void>>();
  #isClosing = false;

  constructor(load: LoadModel, now: () => Date = () => new Date()) {
    this.#load = load;
    this.#now = now;
  }

  /** All versions of all models, each name's default first. */
  list(): readonly TableEntry[] {
    const entries = [...this.#entries.values()].flat();
    if (!this.#isClosing) return entries;
    return entries.map((entry) => ({
      ...entry,
      state: "unavailable",
      reason: "this server is being stopped",
      fix: "Ask again once it runs, or ask another one",
    }));
  }

  /** The versions of a name, or one of them; refuses as NOT_FOUND or VERSION_UNKNOWN. */
  find(name: string, version?: string): readonly [TableEntry, ...TableEntry[]] {
    const [first, ...others] = this.#entries.get(name) ?? [];
    if (first === undefined) throw new StudioError("NOT_FOUND", { what: "model", id: name });
    if (version === undefined) return [first, ...others];
    const all = [first, ...others];
    const wanted = all.find((entry) => entry.version === version);
    if (wanted !== undefined) return [wanted];
    const known = all.map((entry) => entry.version).join(", ");
    throw new StudioError("VERSION_UNKNOWN", { model: name, version, known });
  }

  /** Registers a model without loading it. Refuses as STATE_CONFLICT if it exists. */
  add(registration: Registration): void {
    const { name, version } = registration;
    const versions = this.#entries.get(name) ?? [];
    if (versions.some((entry) => entry.version === version)) {
      const state = "registered already";
      throw new StudioError("STATE_CONFLICT", {
        what: `${name} ${version}`,
        wanted: "registered",
        state,
      });
    }
    const entry = { ...registration, ...withoutWorker(name), since: this.#since() };
    this.#entries.set(name, [...versions, entry]);
  }

  /**
   * Loads a model, unless it is loaded or being loaded, and resolves when it is ready. If loading fails, rejects with
   * the reason, which the entry also keeps.
   */
  async load({ name, version }: ModelName): Promise<void> {
    const [entry] = this.find(name, version);
    if (entry.state === "ready") return;
    const key = `${name}/${version}`;
    const running = this.#loading.get(key);
    if (running !== undefined && entry.state === "loading") return running;
    const loading = this.#loadNow(entry);
    this.#loading.set(key, loading);
    await loading.finally(() => {
      if (this.#loading.get(key) === loading) this.#loading.delete(key);
    });
  }

  async #loadNow(entry: TableEntry): Promise<void> {
    this.#change(entry, { state: "loading", reason: "" });
    try {
      await this.#load(entry, (read) => this.#change(entry, { read }));
      this.#change(entry, { state: "ready" });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#change(entry, { state: "unavailable", reason, fix: undefined });
      throw error;
    }
  }

  /** Removes a model's worker; the model stays registered. */
  unload({ name, version }: ModelName): void {
    const [entry] = this.find(name, version);
    this.#change(entry, withoutWorker(name));
  }

  /** Records the numbers of workers that were asked for; it loads and unloads nothing. */
  setWorkers({ name, version }: ModelName, minWorkers: number, maxWorkers: number): void {
    const [entry] = this.find(name, version);
    this.#change(entry, { minWorkers, maxWorkers });
  }

  /** Makes this version the one that is used if a request names none. */
  setDefault({ name, version }: ModelName): void {
    const [wanted] = this.find(name, version);
    const others = this.find(name).filter((entry) => entry.version !== version);
    this.#entries.set(name, [wanted, ...others]);
  }

  /** Unregisters a version, by default the default one, which is refused as STATE_CONFLICT if there are others. */
  remove(name: string, version?: string): TableEntry {
    const all = this.find(name);
    const [wanted] = this.find(name, version);
    if (all.length > 1 && wanted.version === all[0].version) {
      const state = "the default, and other versions are registered";
      throw new StudioError("STATE_CONFLICT", {
        what: `${name} ${wanted.version}`,
        wanted: "unregistered",
        state,
      });
    }
    const left = all.filter((entry) => entry.version !== wanted.version);
    if (left.length === 0) this.#entries.delete(name);
    else this.#entries.set(name, left);
    return wanted;
  }

  /** From now on `list` reports no model as ready; pictures that are being drawn go on. */
  close(): void {
    this.#isClosing = true;
  }

  #change({ name, version }: ModelName, change: Partial<TableEntry>): void {
    const versions = this.#entries.get(name);
    // The model may have been unregistered while it was being loaded.
    if (versions === undefined) return;
    const since = change.state === undefined ? {} : { since: this.#since() };
    this.#entries.set(
      name,
      versions.map((entry) =>
        entry.version === version ? { ...entry, ...change, ...since } : entry,
      ),
    );
  }

  #since(): string {
    return this.#now().toISOString();
  }
}

function withoutWorker(name: string) {
  const fix = `PUT /models/${name}?min_worker=1 adds one`;
  return { state: "unavailable", reason: "it has no worker", fix } as const;
}

/**
 * The path of an archive or folder in the model store. Refuses as NOT_FOUND if there is none, and as REQUEST_INVALID if
 * `url` leads out of the store: a web address, an absolute path, `..` or a link.
 */
export async function placeInStore(store: string, url: string): Promise<string> {
  const refused = (reason: string): StudioError =>
    new StudioError("REQUEST_INVALID", { field: "url", value: url.slice(0, 200), reason });
  if (/^[a-z][a-z\d+.-]*:/i.test(url)) {
    throw refused("nothing is downloaded: it is the name of an archive in the model store");
  }
  const isPlain =
    url !== "" && !url.includes("\0") && !isAbsolute(url) && !/(^|[/\\])\.\.([/\\]|$)/.test(url);
  if (!isPlain) throw refused("it is the name of an archive in the model store");
  const [root, place] = await Promise.all(
    [store, join(store, url)].map((path) => realpath(path).catch(() => undefined)),
  );
  if (root === undefined || place === undefined) {
    throw new StudioError("NOT_FOUND", { what: "archive", id: url.slice(0, 200) });
  }
  const way = relative(root, place);
  if (way === "" || way.startsWith(`..${sep}`) || way === ".." || isAbsolute(way)) {
    throw refused("it leads out of the model store");
  }
  await stat(place);
  return place;
}
