import { StudioError } from "../contract/errors.ts";
import type { ModelName, PictureEngine } from "../serving/picture-engine.ts";
import { nameOf } from "../serving/routes/served-model.ts";
import type { ModelTable, Registration, TableEntry } from "./model-table.ts";
import { placeOf } from "./mounted-files.ts";
import { type Fields, isTrue, number, registrationOf } from "./registration-fields.ts";
import { urlInStore } from "./store-content.ts";

export interface ManagementParts {
  readonly table: ModelTable;
  readonly engine: Pick<PictureEngine, "models">;
  readonly modelStore: string;
  /** Whether models can be registered and removed: enable_model_api. */
  readonly isModelApiOn: boolean;
  readonly responseSeconds: number;
  /** How many more requests can wait (`left`), and how many are waiting (`count`). */
  readonly waiting: () => { readonly left: number; readonly count: number };
  /** The device in use; undefined before the first probe. */
  readonly device: () => string | undefined;
  /** Logs an error of a model that is loaded in the background. */
  readonly logError: (error: unknown, doing: string) => void;
}

/** TorchServe's message about a change, and whether the change is complete. */
export interface Told {
  readonly status: string;
  readonly isDone: boolean;
}

/** A model, optionally with a version. */
export type Addressed = readonly [name: string, version?: string];

const UNDER_WAY: Told = { status: "Processing worker updates...", isDone: false };

/** TorchServe's management API, for REST and gRPC. */
export class ModelManagement {
  readonly #parts: ManagementParts;

  constructor(parts: ManagementParts) {
    this.#parts = parts;
  }

  list(fields: Fields): object {
    const all = this.#parts.table.list();
    const names = [...new Map(all.map((entry) => [entry.name, entry])).values()];
    const from = number(fields, "next_page_token", 0);
    const until = from + Math.min(1000, Math.max(1, number(fields, "limit", 100)));
    const models = names
      .slice(from, until)
      .map(({ name, url }) => ({ modelName: name, modelUrl: url }));
    return { models, ...(until < names.length && { nextPageToken: String(until) }) };
  }

  /** Describes a model's default version, the given version, or every version for `all`. */
  async describe(...[name, version]: Addressed): Promise<readonly object[]> {
    const entries = this.#parts.table.find(name, version === "all" ? undefined : version);
    const shown = version === undefined ? entries.slice(0, 1) : entries;
    const drawn = await this.#drawing();
    return shown.map((entry) => described(entry, this.#parts, drawn.has(entryName(entry))));
  }

  async isReady(...addressed: Addressed): Promise<object> {
    const [entry] = this.#parts.table.find(...addressed);
    return { name: entry.name, ready: (await this.#drawing()).has(entryName(entry)) };
  }

  /** A model has one worker or none: `min_worker=0` unloads it, any other number loads it. */
  async scale([name, version]: Addressed, fields: Fields): Promise<Told> {
    const { table } = this.#parts;
    const [entry] = table.find(name, version);
    const least = number(fields, "min_worker", 1);
    const most = number(fields, "max_worker", Math.max(least, 1));
    table.setWorkers(entry, least, Math.max(least, most));
    const status = `Workers scaled to ${least} for model: ${entry.name}`;
    if (least > 0) return this.#loaded(entry, isTrue(fields, "synchronous"), status);
    table.unload(entry);
    return { status, isDone: true };
  }

  setDefault(...addressed: Addressed): string {
    const [entry] = this.#parts.table.find(...addressed);
    this.#parts.table.setDefault(entry);
    const { name, version } = entry;
    return `Default version successfully updated for model "${name}" to "${version}"`;
  }

  async register(fields: Fields): Promise<Told> {
    this.#refuseWhereOff();
    const registration = await registrationOf(fields, this.#parts);
    const { table } = this.#parts;
    table.add(registration);
    const { name, version, minWorkers } = registration;
    const told = `Model "${name}" Version: ${version} registered with ${minWorkers} initial workers`;
    if (minWorkers === 0) {
      const status = `${told}. Use scale workers API to add workers for the model.`;
      return { status, isDone: true };
    }
    const isWaitedFor = isTrue(fields, "synchronous");
    try {
      return await this.#loaded(registration, isWaitedFor, told);
    } catch (error) {
      table.remove(name, version);
      throw error;
    }
  }

  /**
   * Registers the store's model of this name, without loading it: KServe's agent downloads a model into the store, then
   * asks for it through the repository extension. Does nothing if there is none, or if it is registered already.
   */
  async adopt(name: string): Promise<void> {
    const { table, modelStore } = this.#parts;
    const url = await urlInStore(name, modelStore);
    const isKnown = table.list().some((entry) => entry.url === url);
    if (url === undefined || isKnown) return;
    this.#refuseWhereOff();
    const fields = new Map(Object.entries({ url, model_name: name }));
    const registration = await registrationOf(fields, this.#parts);
    // Another request may have registered it meanwhile.
    if (table.list().every((entry) => entry.name !== name)) table.add(registration);
  }

  /**
   * Unregisters a model whose files are no longer in the model store. A model of the start stays, since its volume may
   * return, and so does one that has other versions.
   */
  async forget(registration: Registration): Promise<void> {
    const { table, modelStore } = this.#parts;
    const { name, version, isLoadedAtStart } = registration;
    if (isLoadedAtStart) return;
    const isThere = await placeOf(registration, modelStore).then(Boolean, () => false);
    if (!isThere && table.find(name).length === 1) table.remove(name, version);
  }

  remove(...addressed: Addressed): string {
    this.#refuseWhereOff();
    const { name } = this.#parts.table.remove(...addressed);
    return `Model "${name}" unregistered`;
  }

  /** The entry names of all models that are ready and whose files can be read. */
  async #drawing(): Promise<ReadonlySet<string>> {
    const models = await this.#parts.engine.models();
    const drawn = models.filter(({ state, trouble }) => state === "ready" && trouble === undefined);
    return new Set(drawn.map((model) => entryName(nameOf(model))));
  }

  async #loaded(
    model: Pick<TableEntry, "name" | "version">,
    isWaitedFor: boolean,
    status: string,
  ): Promise<Told> {
    const { table, logError } = this.#parts;
    const loading = table.load(model);
    if (isWaitedFor) {
      await loading;
      return { status, isDone: true };
    }
    loading.catch((error: unknown) => logError(error, `Loading ${model.name}`));
    return UNDER_WAY;
  }

  #refuseWhereOff(): void {
    if (this.#parts.isModelApiOn) return;
    throw new StudioError("METHOD_REFUSED", {
      address: "/models without --enable-model-api",
      method: "Changing models",
      allowed: "GET or PUT",
    });
  }
}

function entryName({ name, version }: ModelName): string {
  return `${name}/${version}`;
}

function described(
  entry: TableEntry,
  { waiting, device }: ManagementParts,
  isReady: boolean,
): object {
  const { name, version, url, state, minWorkers, maxWorkers, batchSize, maxBatchDelay } = entry;
  const { responseTimeout, isLoadedAtStart, since } = entry;
  const { left, count } = waiting();
  const isGpu = (device() ?? "cpu") !== "cpu";
  const worker = {
    id: "9000",
    startTime: since,
    status: isReady ? "READY" : "UNLOADING",
    memoryUsage: 0,
    pid: process.pid,
    gpu: isGpu,
    gpuUsage: "N/A",
  };
  return {
    modelName: name,
    modelVersion: version,
    modelUrl: url,
    runtime: "python",
    minWorkers,
    maxWorkers,
    batchSize,
    maxBatchDelay,
    responseTimeout,
    startupTimeout: 120,
    maxRetryTimeoutInSec: 300,
    clientTimeoutInMills: 0,
    parallelType: "",
    parallelLevel: 0,
    deviceType: isGpu ? "gpu" : "cpu",
    continuousBatching: false,
    useJobTicket: false,
    useVenv: false,
    stateful: false,
    sequenceMaxIdleMSec: 0,
    sequenceTimeoutMSec: 0,
    maxNumSequence: 0,
    maxSequenceJobQueueSize: 0,
    loadedAtStartup: isLoadedAtStart,
    workers: state === "ready" || state === "loading" ? [worker] : [],
    jobQueueStatus: { remainingCapacity: left, pendingRequests: count },
  };
}
