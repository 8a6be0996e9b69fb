import type { DeviceName } from "../contract/devices.ts";
import type { Generation } from "../contract/generation.ts";
import type { Order } from "../contract/order.ts";
import type { Progress } from "../contract/progress.ts";
import { Drawing, type DrawingEvent, type DrawingInputs } from "../drawing/drawing.ts";
import type { TinyUse } from "../drawing/tiny-decoder.ts";
import type { Libraries, Probe } from "../drawing/devices.ts";
import type { NewPicture } from "../gallery/keep-picture.ts";
import type { Pixels } from "../image/pixels.ts";
import type { Pace } from "./pace.ts";
import { RunProgress } from "./run-progress.ts";

export interface LocalDrawingParts {
  /** The device that settings name, asked before every picture. */
  readonly deviceName: () => DeviceName;
  readonly probe: Probe;
  readonly folderOf: (model: string) => Promise<string>;
  readonly readInitImage: (id: string) => Promise<Uint8Array>;
  readonly cacheFolder: string | undefined;
  /** What a tiny autoencoder is taken for, asked before every picture. */
  readonly tiny?: (() => TinyUse) | undefined;
  /** Where a device's own libraries lie. */
  readonly libraries?: Libraries | undefined;
  /** The pace to expect of an order; undefined where nothing is known. */
  readonly paceOf: (order: Order) => Promise<Pace | undefined>;
  readonly onProgress: (generationId: string, progress: Progress) => void;
  /** Keeps what is developing and gives its address. */
  readonly addPreview: (generationId: string, step: number, pixels: Pixels) => string;
  /** Told when another model is loaded, or none any more. */
  readonly onLoaded: () => void;
}

/** What became of a picture that was drawn to the end, or refused with an error; not of one that was cancelled. */
export type Outcome = (order: Order, error?: unknown) => void;

type Step = Extract<DrawingEvent, { kind: "progress" }>;
type Preparing = NonNullable<DrawingInputs["onPreparing"]>;

/** A picture that was drawn here, as the gallery takes it. */
export function newPicture(event: Extract<DrawingEvent, { kind: "image" }>): NewPicture {
  const { png, pixels, record, seconds } = event;
  return { png, pixels, record, seconds, target: "local" };
}

/** Draws generations on this machine's device, with the model that the last one used still loaded. */
export class LocalDrawing {
  readonly #parts: LocalDrawingParts;
  #drawing: Drawing | undefined;
  #deviceName: DeviceName | undefined;
  #loadedModel: string | undefined;
  #freeAtMs = 0;
  #tellOutcome: Outcome = () => {};

  constructor(parts: LocalDrawingParts) {
    this.#parts = parts;
  }

  /** From now on `told` hears what becomes of generations. */
  watch(told: Outcome): void {
    this.#tellOutcome = told;
  }

  /** Draws one picture, telling how far it is. Rejects with the signal's reason once the device is free. */
  async draw({ id, order }: Generation, signal: AbortSignal): Promise<NewPicture> {
    try {
      const picture = await this.#draw(id, order, signal);
      this.#tellOutcome(order);
      return picture;
    } catch (error) {
      if (!signal.aborted) this.#tellOutcome(order, error);
      throw error;
    } finally {
      this.#freeAtMs = 0;
    }
  }

  /** Draws one picture for who wants to see it come about. Rejects with the signal's reason once the device is free. */
  async *events(
    order: Order,
    {
      signal,
      startImage,
      onPreparing,
    }: {
      readonly signal: AbortSignal;
      /** What the order starts from, where that is not kept by its id. */
      readonly startImage?: Uint8Array | undefined;
      readonly onPreparing?: Preparing;
    },
  ): AsyncGenerator<DrawingEvent, void> {
    const inputs = { ...(await this.#inputsOf(order, startImage)), signal, onPreparing };
    for await (const event of this.#current().draw(order, inputs)) {
      if (event.kind === "progress") this.#setLoaded(order.model);
      yield event;
    }
  }

  /** Seconds until the generation that is drawn will be there, as far as is known. */
  get busySeconds(): number {
    return Math.max(0, (this.#freeAtMs - performance.now()) / 1000);
  }

  /** Id of the model that the next picture need not load. */
  get loadedModel(): string | undefined {
    return this.#loadedModel;
  }

  /** Pid of the inference process, where one runs. */
  get inferencePid(): number | undefined {
    return this.#drawing?.inferencePid;
  }

  /** Starts the inference process: a picture is about to be asked for. */
  start(): void {
    this.#current().start();
  }

  /** Ends the inference process, which gives back all memory; the next picture starts another. */
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
    for await (const event of this.events(order, { signal, onPreparing })) {
      if (event.kind === "started") {
        // The networks of a new model are opened as they are first run.
        if (this.#loadedModel === order.model) tell(meter.denoising());
      } else if (event.kind === "denoising") {
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
    const { probe, cacheFolder, libraries } = this.#parts;
    this.#drawing ??= new Drawing({ device, probe, cacheFolder, libraries });
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
