import type { DeviceReport } from "../contract/devices.ts";
import type { Estimate } from "../contract/generation.ts";
import type { GenerationRecord } from "../contract/image-record.ts";
import type { ModelSummary } from "../contract/models.ts";
import type { Order } from "../contract/order.ts";
import type { Seconds } from "../contract/progress.ts";
import type { ReadModel } from "../drawing/read-model.ts";
import { evaluationsOf, runOf } from "../drawing/run.ts";
import {
  decodesTiny,
  tinyDecoderFor,
  type TinyDecoderFiles,
  type TinyUse,
} from "../drawing/tiny-decoder.ts";
import { INT8_GAIN, workOf, type PictureWork } from "../drawing/work.ts";
import { isGuided } from "../pipeline/guidance.ts";
import type { ChosenDevice } from "./device-list.ts";
import type { ModelReader } from "./model-reader.ts";
import {
  estimatedPace,
  loadSecondsOf,
  measuredPace,
  quantizingSecondsOf,
  speedOf,
  type Pace,
  type Sample,
} from "./pace.ts";

/** A drawn picture, as the gallery stores it. */
export interface DrawnPicture {
  readonly record: GenerationRecord;
  readonly seconds?: Seconds | undefined;
}

export interface EstimatesParts {
  readonly models: Pick<ModelReader, "read">;
  /** The device that would be used now; undefined before the first probe. */
  readonly device: () => ChosenDevice | undefined;
  /** When a tiny autoencoder is used; absent if it never is. */
  readonly tiny?: () => TinyUse;
  /** The memory that a picture needs; absent if the caller does not show it. */
  readonly memoryOf?: (summary: ModelSummary, order: Order) => Estimate["memory"];
  /** Whether a model's int8 weights for this CPU must still be made; absent if that takes no time. */
  readonly lacksInt8?: (
    read: ReadModel,
    order: Order,
    report: DeviceReport | undefined,
  ) => Promise<boolean>;
  readonly loadedModel: () => string | undefined;
  /** The latest pictures of a model, by its name, newest first. */
  readonly latestOf: (modelName: string) => Promise<readonly DrawnPicture[]>;
}

/** The settings of an order, or of a record, that decide how much work a picture is. */
type PictureSettings = Pick<Order, "width" | "height" | "guidanceScale">;

/** Number of pictures remembered per model. */
const REMEMBERED = 30;
/** Number of sizes whose work is cached, and of settings whose evaluations are. */
const SIZES = 100;
/** A VAE's encoder is about this share of its decoder's work. */
const ENCODER_SHARE = 0.5;

/** What a picture is computed with, and how. */
interface Way {
  readonly provider: DeviceReport["provider"];
  readonly isInt8: boolean;
  /** Decodes the picture in place of the model's own VAE. */
  readonly tiny: TinyDecoderFiles | undefined;
}

/**
 * Estimates how long pictures will take: from earlier pictures, or from the device's probe as long as there are none.
 */
export class Estimates {
  readonly #parts: EstimatesParts;
  readonly #drawn = new Map<string, Promise<DrawnPicture[]>>();
  readonly #works = new Map<string, PictureWork>();
  readonly #evaluations = new Map<string, number>();

  constructor(parts: EstimatesParts) {
    this.#parts = parts;
  }

  /** `known` is the order's model, if the caller has read it already; it need not be in the store then. */
  async of(order: Order, known?: ReadModel): Promise<Estimate> {
    const read = known ?? (await this.#parts.models.read(order.model));
    const { pace, basis } = await this.#paceOf(order, read);
    const encode = order.strength === undefined ? 0 : ENCODER_SHARE * pace.decode;
    const evaluations = evaluationsOf(runOf(order, read));
    const memory = this.#parts.memoryOf?.(read.summary, order);
    return {
      seconds: pace.text + encode + evaluations * pace.step + pace.decode,
      secondsPerStep: pace.step,
      loadSeconds: await this.#loadSecondsOf(order, read),
      basis,
      ...(memory !== undefined && { memory }),
    };
  }

  /** Seconds of one picture's stages; a step is one of the order's, however many evaluations it needs. */
  async paceOf(order: Order): Promise<Pace> {
    const read = await this.#parts.models.read(order.model);
    const { pace } = await this.#paceOf(order, read);
    const evaluations = evaluationsOf(runOf(order, read));
    return { ...pace, step: (pace.step * evaluations) / (order.steps ?? evaluations) };
  }

  /** Takes a new picture into account, if the history can be read. */
  async learn(picture: DrawnPicture): Promise<void> {
    const drawn = await this.#drawnBy(picture.record.model).catch(() => undefined);
    drawn?.unshift(picture);
    drawn?.splice(REMEMBERED);
  }

  async #paceOf(order: Order, read: ReadModel): Promise<{ pace: Pace; basis: Estimate["basis"] }> {
    const device = this.#parts.device();
    const tiny = await this.#tinyOf(order, read);
    const work = this.#workOf(read, order, tiny);
    const speed = speedOf(device?.report);
    const isInt8 = order.precision === "int8" && device?.provider === "cpu";
    const paceIn = async (like: Pick<Way, "isInt8">): Promise<Pace | undefined> => {
      if (device === undefined) return undefined;
      const samples = await this.#samplesOf(read, { provider: device.provider, tiny, ...like });
      return measuredPace(samples, work, speed);
    };
    const pace = await paceIn({ isInt8 });
    if (pace !== undefined) return { pace, basis: "measured" };
    // Pictures in the other precision say more about this machine's speed than its probe does.
    const other = await paceIn({ isInt8: !isInt8 });
    const { step, ...rest } = other ?? estimatedPace(work, speed);
    const inFloat32 = isInt8 || other === undefined ? step : step * INT8_GAIN;
    return {
      pace: { ...rest, step: isInt8 ? inFloat32 / INT8_GAIN : inFloat32 },
      basis: "estimated",
    };
  }

  /** A model that is loaded in float32 has no int8 weights yet. */
  async #loadSecondsOf(order: Order, read: ReadModel): Promise<number> {
    const { model, precision } = order;
    const { sizeBytes, unetParameters } = read.summary;
    const seconds = this.#parts.loadedModel() === model ? 0 : loadSecondsOf(sizeBytes);
    const device = this.#parts.device();
    if (precision !== "int8" || device?.provider !== "cpu") return seconds;
    const { lacksInt8 = async () => false } = this.#parts;
    // Weights that cannot be read now are reported when they are loaded.
    const isFirst = await lacksInt8(read, order, device.report).catch(() => false);
    return isFirst ? seconds + quantizingSecondsOf(unetParameters) : seconds;
  }

  async #samplesOf(read: ReadModel, { provider, isInt8, tiny }: Way): Promise<Sample[]> {
    const drawn = await this.#drawnBy(read.summary.name);
    return drawn.flatMap(({ record, seconds }) => {
      const { steps, guidanceScale, device } = record;
      // A picture of an endpoint that does not report its settings says nothing about speed.
      const isTold = steps !== undefined && guidanceScale !== undefined;
      if (seconds === undefined || device !== provider || !isTold) return [];
      if ((record.precision === "int8") !== isInt8) return [];
      const evaluations = this.#evaluationsOf({ ...record, seed: "0" }, read);
      if (evaluations === undefined) return [];
      const isDecodedOtherwise = (record.decoder === "tiny") !== (tiny !== undefined);
      const work = this.#workOf(read, record, tiny);
      const { text, denoise, decode } = seconds;
      return [{ work, pace: { text, decode, step: denoise / evaluations }, isDecodedOtherwise }];
    });
  }

  /** How often a picture evaluated the UNet; undefined if the model can no longer draw its settings. */
  #evaluationsOf(order: Omit<Order, "precision">, read: ReadModel): number | undefined {
    const {
      steps,
      scheduler,
      strength,
      width,
      height,
      guidanceScale,
      guidanceInterval,
      cacheInterval,
    } = order;
    const guidance = `${guidanceScale} ${guidanceInterval?.join()} ${cacheInterval}`;
    const key = `${read.folder.identity} ${steps} ${scheduler} ${strength} ${width}x${height} ${guidance}`;
    const known = this.#evaluations.get(key);
    if (known !== undefined) return known;
    try {
      const evaluations = evaluationsOf(runOf(order, read));
      if (this.#evaluations.size > SIZES) this.#evaluations.clear();
      this.#evaluations.set(key, evaluations);
      return evaluations;
    } catch {
      return undefined;
    }
  }

  #drawnBy(modelName: string): Promise<DrawnPicture[]> {
    const known = this.#drawn.get(modelName);
    if (known !== undefined) return known;
    const drawn = this.#parts.latestOf(modelName).then((latest) => latest.slice(0, REMEMBERED));
    this.#drawn.set(modelName, drawn);
    // A history that cannot be read now may be readable next time.
    drawn.catch(() => this.#drawn.delete(modelName));
    return drawn;
  }

  /** The tiny decoder that will decode an order's picture, if any. */
  async #tinyOf(order: Order, read: ReadModel): Promise<TinyDecoderFiles | undefined> {
    const use = this.#parts.tiny?.();
    if (use === undefined || !decodesTiny(order, use)) return undefined;
    return tinyDecoderFor(read, use.folder).catch(() => undefined);
  }

  #workOf(
    read: ReadModel,
    { width, height, guidanceScale = 0 }: PictureSettings,
    tiny: TinyDecoderFiles | undefined,
  ): PictureWork {
    const { time_cond_proj_dim: guidanceWidth } = read.snapshot.unet.config;
    const size = { width, height, isGuided: isGuided({ guidanceScale, guidanceWidth }) };
    const key = `${read.folder.identity} ${width}x${height} ${size.isGuided} ${tiny?.identity}`;
    const work = this.#works.get(key) ?? workOf(read, size, tiny?.config);
    if (this.#works.size > SIZES) this.#works.clear();
    this.#works.set(key, work);
    return work;
  }
}
