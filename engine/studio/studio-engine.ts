import { createHash } from "node:crypto";
import { StudioError } from "../contract/errors.ts";
import type { Order } from "../contract/order.ts";
import type { Preset } from "../contract/presets.ts";
import type { DrawingEvent } from "../drawing/drawing-events.ts";
import { ordersOf } from "../drawing/order.ts";
import { randomSeed } from "../drawing/random-seed.ts";
import { refuseMissingDecoder } from "../drawing/tiny-decoder.ts";
import type { GenerationRequest } from "../contract/request.ts";
import type {
  KnownModel,
  ModelName,
  PictureEngine,
  PictureEvent,
  PictureJob,
} from "../serving/picture-engine.ts";
import { notServed } from "../serving/routes/served-model.ts";
import type { SettingsFile } from "../settings/settings-file.ts";
import { newPicture } from "../worker/local-drawing.ts";
import type { EventLog } from "./event-log.ts";
import type { DrawingParts } from "./open-drawing.ts";
import { ServedModels } from "./served-models.ts";

export interface StudioEngineParts extends Pick<
  DrawingParts,
  "store" | "models" | "estimates" | "drawing" | "turns" | "keep" | "devices"
> {
  readonly settings: Pick<SettingsFile, "read" | "change">;
  readonly events: EventLog;
  /** The preset of requests that name none. */
  readonly preset: () => Preset;
  /** Called when another model is served, or none. */
  readonly onServed: () => void;
}

/** How long a crashed process takes to restart. */
const RESTART_SECONDS = 2;

/**
 * The inference server's engine in a studio: the served model is the one that a person chose, and a client that loads
 * another changes it for everyone. Pictures share the device with the studio's.
 */
export class StudioEngine implements PictureEngine {
  readonly #parts: StudioEngineParts;
  #unloaded: string | undefined;
  readonly #models: ServedModels;

  constructor(parts: StudioEngineParts) {
    this.#parts = parts;
    this.#models = new ServedModels(parts);
  }

  /** Id of the served model; undefined after an unload until another is chosen, and if the model is gone. */
  get served(): string | undefined {
    const chosen = this.#chosen();
    return chosen !== undefined && this.#models.mayHave(chosen) ? chosen : undefined;
  }

  /** Other names of the served model, except those that are another model's own. */
  get aliases(): readonly string[] {
    return this.#models.aliasesOf(this.served ?? "");
  }

  get preset(): Preset {
    return this.#parts.preset();
  }

  /** To be called when models were added, removed or changed. */
  forget(): void {
    this.#models.forget();
  }

  models(): Promise<readonly KnownModel[]> {
    return this.#models.list(this.#chosen(), this.#unloaded);
  }

  async load(name: string): Promise<void> {
    const { settings, events, models, onServed } = this.#parts;
    await models.read(name);
    this.#unloaded = undefined;
    if (settings.read().model !== name) {
      const now = await settings.change({ model: name });
      events.publish({ type: "settings-changed", settings: now });
      events.publish({ type: "machine-changed" });
    }
    onServed();
  }

  async unload(name: string): Promise<void> {
    const { store, turns, drawing, onServed } = this.#parts;
    await store.folderOf(name);
    if (this.#chosen() !== name) return;
    this.#unloaded = name;
    turns.whenFree(
      "server",
      () => this.#chosen() === undefined && drawing.loadedModel === name && drawing.unload(),
    );
    onServed();
  }

  async tryOut({ name }: ModelName, request: GenerationRequest): Promise<void> {
    const [order] = await this.#ordersOf({ requests: [request] });
    if (order === undefined || order.model !== name) return;
    const signal = AbortSignal.any([]);
    await this.#parts.turns.run("server", signal, async () => {
      for await (const event of this.#parts.drawing.events(order, { signal })) void event;
    });
  }

  async *draw(job: PictureJob, signal: AbortSignal): AsyncGenerator<PictureEvent, void> {
    const orders = await this.#ordersOf(job);
    for (const [image, order] of orders.entries()) {
      const release = await this.#parts.turns.take("server", signal);
      let picture: PictureEvent | undefined;
      try {
        picture = yield* this.#picture(order, { image, job, signal });
      } catch (error) {
        throw asRefusal(error);
      } finally {
        release();
      }
      // Without holding the device: the consumer may let others draw before it asks for the next.
      if (picture !== undefined) yield picture;
    }
  }

  async expectedSeconds(job: PictureJob): Promise<number | undefined> {
    const orders = await this.#ordersOf(job);
    const estimates = await Promise.all(orders.map((order) => this.#parts.estimates.of(order)));
    const drawing = estimates.reduce((sum, { seconds }) => sum + seconds, 0);
    return drawing + (estimates[0]?.loadSeconds ?? 0);
  }

  busySeconds(): number {
    return this.#parts.drawing.busySeconds;
  }

  #chosen(): string | undefined {
    const { model } = this.#parts.settings.read();
    // Choosing another model and then this one again cancels the unload.
    if (model !== this.#unloaded) this.#unloaded = undefined;
    return model === this.#unloaded ? undefined : model;
  }

  async #ordersOf({
    requests,
    startImage,
  }: Pick<PictureJob, "requests" | "startImage">): Promise<Order[]> {
    const model = this.#chosen();
    if (model === undefined) {
      throw notServed(this.#unloaded ?? "The model", { reason: "it was unloaded" });
    }
    const read = await this.#parts.models.read(model);
    const { tinyDecoder } = this.#parts.settings.read();
    for (const request of requests) await refuseMissingDecoder(request, read, tinyDecoder);
    const { preset } = this;
    const start = startImage === undefined ? {} : { initImageId: sha256Of(startImage) };
    return requests.flatMap((request) =>
      ordersOf({ preset, ...request, ...start }, { name: model, read }, randomSeed()),
    );
  }

  /** Yields a picture's progress, and returns the picture. */
  async *#picture(
    order: Order,
    { image, job, signal }: { image: number; job: PictureJob; signal: AbortSignal },
  ): AsyncGenerator<PictureEvent, PictureEvent | undefined> {
    let picture: PictureEvent | undefined;
    const { startImage } = job;
    for await (const event of this.#parts.drawing.events(order, { signal, startImage })) {
      if (event.kind === "started" || event.kind === "denoising") continue;
      if (event.kind === "progress") {
        const { step, steps, preview } = event;
        yield { kind: "progress", image, step, steps, preview };
      } else {
        await this.#remember(event, job);
        const { pixels, png, record, seconds } = event;
        picture = { kind: "picture", image, pixels, png, record, seconds };
      }
    }
    return picture;
  }

  /** Adds it to the gallery if the key says so; its time is recorded either way. */
  async #remember(
    event: Extract<DrawingEvent, { kind: "image" }>,
    { keepsPictures }: PictureJob,
  ): Promise<void> {
    const picture = newPicture(event);
    if (keepsPictures) await this.#parts.keep(picture);
    else await this.#parts.estimates.learn(picture);
  }
}

/** The id by which the studio stores and records start images. */
function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** After a crash, trying again soon makes sense. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof StudioError) || error.code !== "INFERENCE_CRASHED") return error;
  const details = { ...error.details, seconds: RESTART_SECONDS };
  return new StudioError("INFERENCE_CRASHED", details, { cause: error });
}
