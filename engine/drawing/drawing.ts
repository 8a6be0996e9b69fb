import { createHash } from "node:crypto";
import type { DeviceName } from "../contract/devices.ts";
import type { GenerationRecord } from "../contract/image-record.ts";
import type { Order } from "../contract/order.ts";
import type { GenerationRequest } from "../contract/request.ts";
import type { TypedPrompts } from "../contract/styles.ts";
import { recordedPng } from "../image/generation-text.ts";
import { toPixels, type Pixels } from "../image/pixels.ts";
import { encodePng } from "../image/png/png.ts";
import { addsBytesExactly } from "../runtime/byte-product.ts";
import { int8Device, precisionOf, type Device } from "../runtime/device.ts";
import type { ModelOptions } from "../runtime/model-on-device.ts";
import { Supervisor } from "../runtime/supervisor.ts";
import { cacheFolder } from "../store/cache-folder.ts";
import { cudaLibraries } from "./cuda.ts";
import { chooseDevice, type Libraries, type Probe } from "./devices.ts";
import { draw, type DrawOptions, recordOf } from "./draw.ts";
import type { DrawingEvent, RequestEvent } from "./drawing-events.ts";
import { int8DeviceFor, loadModel, type LoadedModel, type Preparation } from "./load-model.ts";
import { orAborted } from "../files/or-aborted.ts";
import { ordersOf, parseRequest } from "./order.ts";
import { previewing, type Previewing } from "./previews.ts";
import { randomSeed } from "./random-seed.ts";
import { readModel, STARTER, type ReadModel } from "./read-model.ts";
import { runOf } from "./run.ts";
import { decodesTiny, needDecoder, tinyDecoderFor, type TinyUse } from "./tiny-decoder.ts";

export interface DrawingOptions extends ModelOptions {
  readonly device?: DeviceName | undefined;
  /** Gives every provider's report, before every picture; by default providers are tried once. */
  readonly probe?: Probe | undefined;
  /** Where float32 copies and preview maps are stored; the system's cache folder by default. */
  readonly cacheFolder?: string | undefined;
  /** Whether this processor adds products of bytes exactly; by default a test product decides. */
  readonly addsExactly?: typeof addsBytesExactly | undefined;
  /** Where a device's libraries are; in this user's data folder by default. */
  readonly libraries?: Libraries | undefined;
  /** Called with a sentence about int8 weights that came with a model. */
  readonly onNotice?: ((sentence: string) => void) | undefined;
}

/** What an order is drawn with. */
export interface DrawingInputs {
  /** Folder of a diffusers snapshot; the starter by default. */
  readonly model?: string | undefined;
  /** The bytes of a PNG, JPEG or WebP to start from, and its name for messages. */
  readonly startImage?: { readonly name: string; readonly bytes: Uint8Array } | undefined;
  /** Called while a model's weights are converted for the CPU, once per model. */
  readonly onPreparing?: ((progress: Preparation) => void) | undefined;
  /** Called with what is done now, when it begins; decoding begins with the last step. */
  readonly onStage?: DrawOptions["onStage"];
  /** When a tiny autoencoder is used, and the folder of one for the latents of Stable Diffusion 1 and 2. */
  readonly tiny?: TinyUse | undefined;
  /** The prompts as typed, where styles were added to them. */
  readonly typed?: TypedPrompts | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A picture to draw, and with what. */
export interface PlannedPicture {
  readonly order: Order;
  readonly inputs: DrawingInputs;
}

interface Loaded {
  readonly device: Device;
  readonly read: ReadModel;
  readonly model: LoadedModel;
  /** The tiny decoder's identity, if there is one. */
  readonly tiny: string | undefined;
  readonly preview: Previewing;
}

/** Draws on this machine: one device, one model, one picture at a time. */
export class Drawing {
  readonly #options: DrawingOptions;
  readonly #cacheFolder: string;
  readonly #supervisor: Supervisor;
  #device: Promise<Device> | undefined;
  /** Whether this processor adds products of bytes exactly; undefined until it was tested. */
  #isExact: Promise<boolean> | undefined;
  #loaded: Loaded | undefined;

  constructor(options: DrawingOptions = {}) {
    this.#options = { ...options, libraries: options.libraries ?? cudaLibraries() };
    this.#cacheFolder = cacheFolder(options.cacheFolder);
    this.#supervisor = new Supervisor(this.#options.libraries);
  }

  /** Process id of the inference process, if it runs: tests kill it. */
  get inferencePid(): number | undefined {
    return this.#supervisor.pid;
  }

  /** Starts the inference process, which takes as long as the other preparations for a picture. */
  start(): void {
    this.#supervisor.start();
  }

  /**
   * Validates a request and draws all its pictures. A cancel rejects with the signal's reason once the device is free.
   */
  async *generate(asked: unknown, inputs: DrawingInputs = {}): AsyncGenerator<RequestEvent, void> {
    const orders = await this.orders(asked, inputs);
    yield* this.drawAll(orders.map((order) => ({ order, inputs })));
  }

  /** The orders for a request's pictures; nothing is loaded. Refuses what the model cannot draw. */
  async orders(asked: unknown, inputs: DrawingInputs = {}): Promise<readonly Order[]> {
    const { startImage, model = STARTER, typed, signal } = inputs;
    const request = {
      ...parseRequest(asked),
      ...(startImage !== undefined && { initImageId: sha256(startImage.bytes) }),
    };
    const device = await orAborted(this.#deviceFor(request), signal);
    const read = await readModel(model, device.lowering.precision);
    const orders = ordersOf(request, { name: read.summary.name, read }, randomSeed());
    return orders.map((order) => ({ ...order, ...typed }));
  }

  /** Draws pictures one after another, with their records in them. A cancel rejects as in `draw`. */
  async *drawAll(pictures: readonly PlannedPicture[]): AsyncGenerator<RequestEvent, void> {
    for (const [image, { order, inputs }] of pictures.entries()) {
      for await (const event of this.draw(order, inputs)) {
        yield { ...(event.kind === "image" ? withRecord(event) : event), image };
      }
    }
  }

  /** Draws one picture. A cancel rejects with the signal's reason once the device is free. */
  async *draw(order: Order, inputs: DrawingInputs = {}): AsyncGenerator<DrawingEvent, void> {
    const { startImage: file, onStage, signal } = inputs;
    const { read, model, preview, device, tiny } = await this.#ready(order, inputs);
    needDecoder(order, tiny);
    const isTiny = tiny !== undefined && decodesTiny(order, inputs.tiny);
    const run = { ...runOf(order, read), isTiny };
    const startImage = file && (await decode(file, order));
    yield { kind: "started", order, model: read.summary, device: device.provider };
    const options = { startImage, onStage, now: monotonicSeconds, signal };
    for await (const event of draw(model, run, options)) {
      if (event.kind === "start") {
        yield { kind: "denoising", preview: () => preview(event.latents) };
      } else if (event.kind === "step") {
        const { latents: _latents, picture, ...progress } = event;
        yield { ...progress, kind: "progress", preview: () => preview(picture) };
      } else {
        const record = recordOf(order, { read, model, device, isTiny });
        const pixels = toPixels(event.decoded);
        const png = encodePng(pixels);
        yield { kind: "image", png, pixels, record, seconds: event.seconds };
      }
    }
  }

  /** Ends the inference process. */
  close(): void {
    this.#supervisor.close();
    this.#loaded = undefined;
  }

  #chosenDevice(): Promise<Device> {
    const { device = "auto", probe } = this.#options;
    // The list of devices may change between pictures.
    if (probe !== undefined) return chooseDevice(device, this.#options);
    this.#device ??= chooseDevice(device, this.#options).catch((error: unknown) => {
      // A device that was missing may be there for the next picture.
      this.#device = undefined;
      throw error;
    });
    return this.#device;
  }

  /** The device with the precision of the order; a GPU uses its own. */
  async #deviceFor({ precision }: Pick<GenerationRequest, "precision">): Promise<Device> {
    const device = await this.#chosenDevice();
    if (precision !== "int8" || device.provider !== "cpu") return device;
    const { addsExactly = addsBytesExactly } = this.#options;
    this.#isExact ??= addsExactly(this.#supervisor).catch((error: unknown) => {
      this.#isExact = undefined;
      throw error;
    });
    return int8Device({ isExact: await this.#isExact });
  }

  /** The device as it draws an order with a model: how int8 weights are made depends on the memory. */
  async #fitted(device: Device, read: ReadModel, order: Order): Promise<Device> {
    const isExact = device.quantizing && (await this.#isExact);
    return isExact === undefined ? device : int8DeviceFor(read, isExact, order);
  }

  async #ready(
    order: Order,
    { model: folder = STARTER, onPreparing = () => {}, tiny, signal }: DrawingInputs,
  ): Promise<Loaded> {
    const suitable = await orAborted(this.#deviceFor(order), signal);
    const read = await readModel(folder, suitable.lowering.precision);
    const device = await this.#fitted(suitable, read, order);
    const former = this.#loaded;
    // The picture is drawn even if its preview decoder has been removed.
    const tinyDecoder = await tinyDecoderFor(read, tiny?.folder).catch(() => undefined);
    const isSame =
      former?.read.folder.identity === read.folder.identity &&
      former.tiny === tinyDecoder?.identity;
    if (isSame && isSameDevice(former.device, device)) return { ...former, device };
    this.#loaded = undefined;
    await former?.model.sessions.close();
    const places = { device, supervisor: this.#supervisor, cacheFolder: this.#cacheFolder };
    const options = { ...this.#options, ...places, tinyDecoder, onPreparing, signal };
    const model = await loadModel(read, options);
    const preview = await previewing(model, this.#cacheFolder, signal);
    signal?.throwIfAborted();
    this.#loaded = { device, read, model, preview, tiny: tinyDecoder?.identity };
    return this.#loaded;
  }
}

/** Whether what was loaded for one device can run on the other. */
function isSameDevice(one: Device, other: Device): boolean {
  const isAlike = one.provider === other.provider && one.quantizing === other.quantizing;
  return isAlike && precisionOf(one) === precisionOf(other);
}

function withRecord<E extends { readonly png: Uint8Array; readonly record: GenerationRecord }>(
  event: E,
): E {
  return { ...event, png: recordedPng(event.png, event.record) };
}

/** The codec is a large native module, so it is loaded with the first picture that needs it. */
async function decode(
  { bytes, name }: NonNullable<DrawingInputs["startImage"]>,
  order: Order,
): Promise<Pixels> {
  const { decodePicture } = await import("../codecs/picture-codec.ts");
  return decodePicture(bytes, name, order);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function monotonicSeconds(): number {
  return performance.now() / 1000;
}
