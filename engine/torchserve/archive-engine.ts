import { createHash } from "node:crypto";
import { StudioError } from "../contract/errors.ts";
import type { DeviceName } from "../contract/devices.ts";
import type { ModelSummary } from "../contract/models.ts";
import type { Order } from "../contract/order.ts";
import type { Preset } from "../contract/presets.ts";
import type { GenerationRequest } from "../contract/request.ts";
import { cudaLibraries } from "../drawing/cuda.ts";
import { deviceProbe } from "../drawing/devices.ts";
import { ordersOf } from "../drawing/order.ts";
import { randomSeed } from "../drawing/random-seed.ts";
import { readModel } from "../drawing/read-model.ts";
import {
  type KnownModel,
  type ModelName,
  type PictureEngine,
  type PictureEvent,
  type PictureJob,
  unreadable,
  UNREAD_MODEL,
} from "../serving/picture-engine.ts";
import { notServed } from "../serving/routes/served-model.ts";
import { residentBytes } from "../files/process-memory.ts";
import { DeviceList } from "../worker/device-list.ts";
import { DeviceTurns } from "../worker/device-turns.ts";
import { Estimates } from "../worker/estimates.ts";
import { LocalDrawing, newPicture } from "../worker/local-drawing.ts";
import { ModelReader } from "../worker/model-reader.ts";
import type { ModelManagement } from "./management.ts";
import type { ModelTable, TableEntry } from "./model-table.ts";

export interface ArchiveEngineOptions {
  readonly table: () => ModelTable;
  /** Registers a model that has appeared in the model store, and removes one whose files are gone. */
  readonly registry: () => Pick<ModelManagement, "adopt" | "forget">;
  readonly device: DeviceName;
  readonly preset: Preset;
  /** The folder for copies of weights. */
  readonly cacheFolder: string;
  /** Writes a line to the log. */
  readonly tell: (line: string) => void;
}

/** Draws on one device, with the model of the table that a request names. */
export class ArchiveEngine implements PictureEngine {
  readonly preset: Preset;
  readonly #table: () => ModelTable;
  readonly #registry: ArchiveEngineOptions["registry"];
  readonly #turns = new DeviceTurns();
  readonly #device: DeviceName;
  readonly #devices: DeviceList;
  readonly #models = new ModelReader(async (key) => this.#entryOf(key).read?.folder ?? "");
  readonly #drawing: LocalDrawing;
  readonly #estimates: Estimates;

  constructor({ table, registry, device, preset, cacheFolder, tell }: ArchiveEngineOptions) {
    this.preset = preset;
    this.#table = table;
    this.#registry = registry;
    this.#device = device;
    const libraries = cudaLibraries();
    const isBusy = (): boolean => this.#turns.holder !== undefined;
    this.#devices = new DeviceList(deviceProbe(libraries), { isBusy });
    this.#estimates = new Estimates({
      models: this.#models,
      device: () => this.#devices.chosen(device),
      loadedModel: () => this.#drawing.loadedModel,
      latestOf: async () => [],
    });
    this.#drawing = new LocalDrawing({
      deviceName: () => device,
      probe: () => this.#devices.forPicture(),
      folderOf: async (key) => this.#entryOf(key).read?.folder ?? "",
      readInitImage: async () => {
        throw new StudioError("NOT_FOUND", { what: "start image", id: "of the gallery" });
      },
      cacheFolder,
      libraries,
      paceOf: async () => undefined,
      onProgress: () => {},
      addPreview: () => "",
      onLoaded: () => {},
      onNotice: tell,
    });
  }

  /** The device in use; undefined before the first probe. */
  get provider(): string | undefined {
    return this.#devices.chosen(this.#device)?.provider;
  }

  /** Memory of the inference process in bytes; undefined if it does not run. */
  async inferenceBytes(): Promise<number | undefined> {
    const pid = this.#drawing.inferencePid;
    return pid === undefined ? undefined : residentBytes(pid);
  }

  async models(): Promise<readonly KnownModel[]> {
    return Promise.all(
      this.#table()
        .list()
        .map(async (entry) => {
          const { name, version, state, reason, read, isLoadedAtStart: isWanted } = entry;
          const summary = read?.summary ?? UNREAD_MODEL;
          const known = { name, version, state, reason, fix: entry.fix ?? LOAD, isWanted, summary };
          return state === "ready" ? { ...known, ...(await this.#look(keyOf(known))) } : known;
        }),
    );
  }

  /** The identity of a model's files, or why they can no longer be read: a mounted volume can disappear. */
  async #look(key: string): Promise<Pick<KnownModel, "identity" | "trouble">> {
    const looked = await this.#models.look(key);
    return "error" in looked ? { trouble: unreadable(looked.error) } : looked;
  }

  readonly adopt = (name: string): Promise<void> => this.#registry().adopt(name);

  async load(name: string): Promise<void> {
    const [entry] = this.#table().find(name);
    await this.#table().load(entry);
  }

  async unload(name: string): Promise<void> {
    const [entry] = this.#table().find(name);
    this.#table().unload(entry);
    await this.#registry().forget(entry);
  }

  /** Reads the model in a folder. Rejects with the reason if it cannot be used. */
  async summaryOf(folder: string): Promise<ModelSummary> {
    return (await readModel(folder, "float32")).summary;
  }

  /** Draws a picture and discards it: this loads the whole model and shows that it works. */
  async tryOut(
    model: ModelName,
    request: GenerationRequest,
    signal: AbortSignal = AbortSignal.any([]),
  ): Promise<void> {
    const [order] = await this.#ordersOf({ requests: [request] }, keyOf(model));
    if (order === undefined) return;
    await this.#turns.run("studio", signal, async () => {
      for await (const event of this.#drawing.events(order, { signal })) void event;
    });
  }

  async *draw(job: PictureJob, signal: AbortSignal): AsyncGenerator<PictureEvent, void> {
    const entry = this.#entryFor(job);
    const limit = entry.responseTimeout;
    const late = AbortSignal.timeout(Math.min(limit * 1000, 2 ** 31 - 1));
    const orders = await this.#ordersOf(job, keyOf(entry));
    const both = AbortSignal.any([signal, late]);
    try {
      for (const [image, order] of orders.entries()) {
        const release = await this.#turns.take("server", both);
        let picture: PictureEvent | undefined;
        try {
          picture = yield* this.#picture(order, { image, job, signal: both });
        } finally {
          release();
        }
        if (picture !== undefined) yield picture;
      }
    } catch (error) {
      if (late.aborted && !signal.aborted) throw new StudioError("TIMED_OUT", { limit });
      throw error;
    }
  }

  async expectedSeconds(job: PictureJob): Promise<number | undefined> {
    const orders = await this.#ordersOf(job, keyOf(this.#entryFor(job)));
    const estimates = await Promise.all(orders.map((order) => this.#estimates.of(order)));
    return estimates.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  busySeconds(): number {
    return 0;
  }

  /** Ends the inference process. */
  close(): void {
    this.#devices.close();
    this.#drawing.unload();
  }

  async *#picture(
    order: Order,
    { image, job, signal }: { image: number; job: PictureJob; signal: AbortSignal },
  ): AsyncGenerator<PictureEvent, PictureEvent | undefined> {
    let picture: PictureEvent | undefined;
    const { startImage } = job;
    for await (const event of this.#drawing.events(order, { signal, startImage })) {
      if (event.kind === "progress") {
        const { step, steps, preview } = event;
        yield { kind: "progress", image, step, steps, preview };
      } else if (event.kind === "image") {
        await this.#estimates.learn(newPicture(event));
        const { pixels, png, record, seconds } = event;
        picture = { kind: "picture", image, pixels, png, record, seconds };
      }
    }
    return picture;
  }

  async #ordersOf(
    { requests, startImage }: Pick<PictureJob, "requests" | "startImage">,
    key: string,
  ): Promise<Order[]> {
    const read = await this.#models.read(key);
    const { preset } = this;
    const start = startImage === undefined ? {} : { initImageId: sha256Of(startImage) };
    return requests.flatMap((request) =>
      ordersOf({ preset, ...request, ...start }, { name: key, read }, randomSeed()),
    );
  }

  #entryFor({ model }: PictureJob): TableEntry {
    const table = this.#table();
    if (model !== undefined) return table.find(model.name, model.version)[0];
    const ready = table.list().find(({ state }) => state === "ready");
    if (ready !== undefined) return ready;
    throw notServed("The server", { reason: "no model is loaded", fix: LOAD });
  }

  #entryOf(key: string): TableEntry {
    const entry = this.#table()
      .list()
      .find((one) => keyOf(one) === key);
    if (entry !== undefined) return entry;
    throw new StudioError("NOT_FOUND", { what: "model", id: key });
  }
}

/** A model's name in orders. Neither names nor versions contain a slash. */
function keyOf({ name, version }: ModelName): string {
  return `${name}/${version}`;
}

const LOAD =
  "Load a model with POST /v2/repository/models/NAME/load; POST /v2/repository/index lists the names";

/** The start image's id in records. */
function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A picture that takes as little time as possible. */
export const SMALLEST: GenerationRequest = { prompt: "", width: 64, height: 64, steps: 1 };
