import type { DeviceName } from "../contract/devices.ts";
import type { Generation } from "../contract/generation.ts";
import type { Order } from "../contract/order.ts";
import type { Progress, Stage } from "../contract/progress.ts";
import { Drawing, type DrawingInputs } from "../drawing/drawing.ts";
import type { DrawingEvent } from "../drawing/drawing-events.ts";
import type { TinyUse } from "../drawing/tiny-decoder.ts";
import type { Libraries, Probe } from "../drawing/devices.ts";
import type { NewPicture } from "../gallery/keep-picture.ts";
import type { Pixels } from "../image/pixels.ts";
import type { Pace } from "./pace.ts";
import { RunProgress } from "./run-progress.ts";

export interface LocalDrawingParts {
  /** The device in the settings, read before every picture. */
  readonly deviceName: () => DeviceName;
  readonly probe: Probe;
  readonly folderOf: (model: string) => Promise<string>;
  readonly readInitImage: (id: string) => Promise<Uint8Array>;
  readonly cacheFolder: string | undefined;
  /** When a tiny autoencoder is used, read before every picture. */
  readonly tiny?: (() => TinyUse) | undefined;
  /** Where a device's libraries are. */
  readonly libraries?: Libraries | undefined;
  /** The expected pace of an order; undefined if nothing is known. */
  readonly paceOf: (order: Order) => Promise<Pace | undefined>;
  readonly onProgress: (generationId: string, progress: Progress) => void;
  /** Stores a preview and gives its address. */
  readonly addPreview: (generationId: string, step: number, pixels: Pixels) => string;
  /** Called when a model is loaded or unloaded. */
  readonly onLoaded: () => void;
  /** A sentence about a model that is loaded, for the log. */
  readonly onNotice?: ((sentence: string) => void) | undefined;
}

/** Called when a picture has been finished, or has failed with `error`; not called if it was cancelled. */
export type OnOutcome = (order: Order, error?: unknown) => void;

type Step = Extract<DrawingEvent, { kind: "progress" }>;
type Preparing = NonNullable<DrawingInputs["onPreparing"]>;

/** A picture that was drawn here, in the form that the gallery stores. */
export function newPicture(event: Extract<DrawingEvent, { kind: "image" }>): NewPicture {
  const { png, pixels, record, seconds } = event;
  return { png, pixels, record, seconds, target: "local" };
}

/** Draws generations on this machine's device, and keeps the last model loaded. */
export class LocalDrawing {
  readonly #parts: LocalDrawingParts;
  #drawing: Drawing | undefined;
  #deviceName: DeviceName | undefined;
  #loadedModel: string | undefined;
  #freeAtMs = 0;
  #onOutcome: OnOutcome = () => {};

  constructor(parts: LocalDrawingParts) {
    this.#parts = parts;
  }

  /** From now on calls `onOutcome` after each generation; only the last one registered is called. */
  watch(onOutcome: OnOutcome): void {
    this.#onOutcome = onOutcome;
  }

  /** Draws one picture and reports progress. Rejects with the signal's reason once the device is free. */
  async draw({ id, order }: Generation, signal: AbortSignal): Promise<NewPicture> {
    try {
      const picture = await this.#draw(id, order, signal);
      this.#onOutcome(order);
      return picture;
    } catch (error) {
      if (!signal.aborted) this.#onOutcome(order, error);
      throw error;
    } finally {
      this.#freeAtMs = 0;
    }
  }

  /** Draws one picture and yields its events. Rejects with the signal's reason once the device is free. */
  async *events(
    order: Order,
    {
      signal,
      startImage,
      onPreparing,
      onStage,
    }: {
      readonly signal: AbortSignal;
      /** The start image, if it is not stored under the order's id. */
      readonly startImage?: Uint8Array | undefined;
      readonly onPreparing?: Preparing;
      readonly onStage?: DrawingInputs["onStage"];
    },
  ): AsyncGenerator<DrawingEvent, void> {
    const inputs = { ...(await this.#inputsOf(order, startImage)), signal, onPreparing, onStage };
    for await (const event of this.#current().draw(order, inputs)) {
      if (event.kind === "progress") this.#setLoaded(order.model);
      yield event;
    }
  }

  /** Estimated seconds until the current picture is finished, where known. */
  get busySeconds(): number {
    return Math.max(0, (this.#freeAtMs - performance.now()) / 1000);
  }

  /** Id of the loaded model, which the next picture need not load. */
  get loadedModel(): string | undefined {
    return this.#loadedModel;
  }

  /** Process id of the inference process, if it runs. */
  get inferencePid(): number | undefined {
    return this.#drawing?.inferencePid;
  }

  /** Starts the inference process: a picture is about to be requested. */
  start(): void {
    this.#current().start();
  }

  /** Ends the inference process, which frees all its memory; the next picture starts another. */
  unload(): void {
    if (this.#drawing === undefined) return;
    this.#drawing.close();
    this.#drawing = undefined;
    this.#setLoaded(undefined);
  }

  async #draw(id: string, order: Order, signal: AbortSignal): Promise<NewPicture> {
    const pace = await this.#parts.paceOf(order);
    const { steps = 0 } = order;
    const meter = new RunProgress(steps, pace);
    let last = meter.loading();
    const tell = (progress: Progress): void => {
      this.#parts.onProgress(id, (last = progress));
      this.#freeIn(progress.secondsLeft);
    };
    tell(last);
    this.#freeIn(pace && pace.text + steps * pace.step + pace.decode);
    const onPreparing: Preparing = (preparation) => tell(meter.preparing(preparation));
    const onStage = (stage: Stage): void => {
      if (stage !== last.stage) tell(meter.at(stage, last));
    };
    for await (const event of this.events(order, { signal, onPreparing, onStage })) {
      if (event.kind === "started") continue;
      if (event.kind === "denoising") {
        tell(meter.denoising(await this.#preview(id, { ...event, step: 0 })));
      } else if (event.kind === "progress") {
        tell(meter.step(event, await this.#preview(id, event)));
      } else {
        tell(meter.saving(last));
        return newPicture(event);
      }
    }
    throw new Error("drawing ended without a picture");
  }

  #freeIn(seconds: number | undefined): void {
    if (seconds !== undefined) this.#freeAtMs = performance.now() + seconds * 1000;
  }

  #setLoaded(model: string | undefined): void {
    if (model === this.#loadedModel) return;
    this.#loadedModel = model;
    this.#parts.onLoaded();
  }

  #current(): Drawing {
    const device = this.#parts.deviceName();
    if (device !== this.#deviceName) this.unload();
    this.#deviceName = device;
    const { probe, cacheFolder, libraries, onNotice } = this.#parts;
    this.#drawing ??= new Drawing({ device, probe, cacheFolder, libraries, onNotice });
    return this.#drawing;
  }

  async #inputsOf(
    { model, initImageId }: Order,
    startImage: Uint8Array | undefined,
  ): Promise<DrawingInputs> {
    const folder = await this.#parts.folderOf(model);
    const tiny = this.#parts.tiny?.();
    if (initImageId === undefined) return { model: folder, tiny };
    const bytes = startImage ?? (await this.#parts.readInitImage(initImageId));
    return { model: folder, tiny, startImage: { name: "the start image", bytes } };
  }

  async #preview(
    generationId: string,
    event: Pick<Step, "step" | "preview">,
  ): Promise<string | undefined> {
    const pixels = await event.preview();
    return pixels && this.#parts.addPreview(generationId, event.step, pixels);
  }
}
