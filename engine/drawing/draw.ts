import type { GenerationRecord } from "../contract/image-record.ts";
import type { Order } from "../contract/order.ts";
import type { Seconds, Stage } from "../contract/progress.ts";
import { SOFTWARE } from "../contract/software.ts";
import { fromPixels, type Pixels } from "../image/pixels.ts";
import { imageToImage } from "../pipeline/image-to-image.ts";
import type { PipelineEvent, Run } from "../pipeline/pipeline.ts";
import { textToImage } from "../pipeline/text-to-image.ts";
import { precisionOf, type Device } from "../runtime/device.ts";
import type { NetworkWork } from "../runtime/network-work.ts";
import type { FloatTensor } from "../tensor/tensor.ts";
import type { LoadedModel } from "./load-model.ts";
import { median } from "./median.ts";
import type { ReadModel } from "./read-model.ts";

/** A step of a picture is finished. */
export interface StepProgress {
  /** From 1 to steps. */
  readonly step: number;
  readonly steps: number;
  /** Median of the last steps; with caching, each full step counts together with those that reuse its result. */
  readonly secondsPerStep: number;
}

/** The events of drawing, in this order: the start, every step, then the picture. */
export type DrawEvent =
  | Extract<PipelineEvent, { kind: "start" }>
  | ({
      readonly kind: "step";
      readonly latents: FloatTensor;
      readonly picture: FloatTensor;
    } & StepProgress)
  | {
      readonly kind: "image";
      readonly latents: FloatTensor;
      readonly decoded: FloatTensor;
      readonly seconds: Seconds;
    };

export interface DrawOptions {
  /** The start image, already of the run's size. */
  readonly startImage?: Pixels | undefined;
  /** Called with what is done now, when it begins. */
  readonly onStage?: ((stage: Stage) => void) | undefined;
  /** Seconds since an arbitrary moment. */
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** Draws one picture with the pipeline for its run, and measures its time. */
export async function* draw(
  { parts, sessions }: LoadedModel,
  run: Run,
  { startImage, onStage, now, signal }: DrawOptions,
): AsyncGenerator<DrawEvent, void> {
  sessions.follow((work) => {
    const stage = stageOf(work);
    if (stage !== undefined) onStage?.(stage);
  });
  const events =
    startImage === undefined
      ? textToImage(parts, run, signal)
      : imageToImage(parts, run, fromPixels(startImage), signal);
  yield* withTimes(events, run, new Stopwatch(now, () => sessions.loadingSeconds));
}

/**
 * The stage of a picture for which a network begins to be opened or run. Decoders have none: the last step says that
 * the picture is decoded, and previews are made beside the steps.
 */
function stageOf({ network, isLoading }: NetworkWork): Stage | undefined {
  if (network === "VAE encoder") return "image";
  if (network !== "text encoder" && network !== "UNet") return undefined;
  if (isLoading) return "loading";
  return network === "UNet" ? "denoising" : "text";
}

async function* withTimes(
  events: AsyncIterable<PipelineEvent>,
  run: Run,
  watch: Stopwatch,
): AsyncGenerator<DrawEvent, void> {
  let load = 0;
  let text = 0;
  const steps: number[] = [];
  for await (const event of events) {
    if (event.kind === "start") {
      yield event;
      continue;
    }
    const lap = watch.lap();
    load += lap.load;
    if (event.kind === "text") {
      text = lap.own;
    } else if (event.kind === "step") {
      steps.push(lap.own);
      yield { ...event, secondsPerStep: typicalSeconds(steps, run.cacheInterval) };
    } else {
      const denoise = steps.reduce((sum, seconds) => sum + seconds, 0);
      yield { ...event, seconds: { load, text, denoise, decode: lap.own } };
    }
  }
}

/** Number of steps that the displayed speed is the median of. */
const WINDOW = 5;

/** Times the stages of a run. Sessions are created in the middle of stages; that time is counted separately. */
class Stopwatch {
  readonly #now: () => number;
  readonly #loading: () => number;
  #since: number;
  #loadingSince: number;

  /** `now` in seconds; `loading` is the time spent creating sessions so far, in seconds. */
  constructor(now: () => number, loading: () => number) {
    this.#now = now;
    this.#loading = loading;
    this.#since = now();
    this.#loadingSince = loading();
  }

  /** Ends a stage and starts the next. Gives the stage's own seconds, and those of creating sessions. */
  lap(): { readonly own: number; readonly load: number } {
    const [now, loading] = [this.#now(), this.#loading()];
    const load = loading - this.#loadingSince;
    const own = Math.max(0, now - this.#since - load);
    [this.#since, this.#loadingSince] = [now, loading];
    return { own, load };
  }
}

/**
 * The median of the last steps' seconds: what the next step will take. Where only every n-th step runs the whole UNet,
 * each value is the mean over the steps back to the last whole one.
 */
export function typicalSeconds(steps: readonly number[], cacheInterval = 1): number {
  const means = steps.map((_, i) => {
    const cycle = steps.slice(Math.max(0, i + 1 - cacheInterval), i + 1);
    return cycle.reduce((sum, seconds) => sum + seconds, 0) / cycle.length;
  });
  return median(means.slice(-WINDOW)) ?? 0;
}

/** Who drew a picture: the model and the device. */
interface Drawer {
  readonly read: ReadModel;
  readonly model: LoadedModel;
  readonly device: Device;
  /** Whether a tiny autoencoder decoded it. */
  readonly isTiny: boolean;
}

/** The record of a picture: how, by whom and when its order was drawn. */
export function recordOf(
  { model: _name, isSizeOpen: _size, decoder: _decoder, ...settings }: Order,
  { read, model, device, isTiny }: Drawer,
): GenerationRecord {
  return {
    ...settings,
    model: read.summary.name,
    modelFingerprint: model.fingerprint.slice(0, 16),
    device: device.provider,
    precision: precisionOf(device),
    ...(device.quantizing !== undefined && { weightBits: device.quantizing.bits }),
    ...(isTiny && { decoder: "tiny" as const }),
    createdAt: new Date().toISOString(),
    ...SOFTWARE,
  };
}
