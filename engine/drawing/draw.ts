import type { GenerationRecord } from "../contract/image-record.ts";
import type { Order } from "../contract/order.ts";
import type { Seconds } from "../contract/progress.ts";
import { SOFTWARE } from "../contract/software.ts";
import { fromPixels, type Pixels } from "../image/pixels.ts";
import { imageToImage } from "../pipeline/image-to-image.ts";
import type { PipelineEvent, Run } from "../pipeline/pipeline.ts";
import { textToImage } from "../pipeline/text-to-image.ts";
import { precisionOf, type Device } from "../runtime/device.ts";
import type { FloatTensor } from "../tensor/tensor.ts";
import type { LoadedModel } from "./load-model.ts";
import type { ReadModel } from "./read-model.ts";

/** One step of a picture is done. */
export interface StepProgress {
  /** 1 to steps. */
  readonly step: number;
  readonly steps: number;
  /** The median of the last steps, each with those that reuse what it kept. */
  readonly secondsPerStep: number;
}

/** What drawing yields: where it starts, every step, then the picture. */
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
  /** The start image, of the run's size. */
  readonly startImage?: Pixels | undefined;
  /** Seconds, from any start. */
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** Draws one picture with the pipeline that its run asks for, and times it. */
export async function* draw(
  { parts, sessions }: LoadedModel,
  run: Run,
  { startImage, now, signal }: DrawOptions,
): AsyncGenerator<DrawEvent, void> {
  const events =
    startImage === undefined
      ? textToImage(parts, run, signal)
      : imageToImage(parts, run, fromPixels(startImage), signal);
  yield* withTimes(events, run, new Stopwatch(now, () => sessions.loadingSeconds));
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

/** Steps that the speed shown is the median of. */
const WINDOW = 5;

/** Times the stages of a run; opening sessions happens in their middle and is told apart. */
class Stopwatch {
  readonly #now: () => number;
  readonly #loading: () => number;
  #since: number;
  #loadingSince: number;

  /** `now` in seconds; `loading` is how many seconds went into opening sessions so far. */
  constructor(now: () => number, loading: () => number) {
    this.#now = now;
    this.#loading = loading;
    this.#since = now();
    this.#loadingSince = loading();
  }

  /** Ends a stage: its own seconds and those that opening took. The next begins. */
  lap(): { readonly own: number; readonly load: number } {
    const [now, loading] = [this.#now(), this.#loading()];
    const load = loading - this.#loadingSince;
    const own = Math.max(0, now - this.#since - load);
    [this.#since, this.#loadingSince] = [now, loading];
    return { own, load };
  }
}

/**
 * The median of the last steps' seconds: what one step is going to take. Where only every so many run the whole
 * UNet, each stands for itself and those before it, back to the last such one.
 */
export function typicalSeconds(steps: readonly number[], cacheInterval = 1): number {
  const means = steps.map((_, i) => {
    const cycle = steps.slice(Math.max(0, i + 1 - cacheInterval), i + 1);
    return cycle.reduce((sum, seconds) => sum + seconds, 0) / cycle.length;
  });
  const sorted = means.slice(-WINDOW).toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/** Who drew a picture. */
interface Drawer {
  readonly read: ReadModel;
  readonly model: LoadedModel;
  readonly device: Device;
  /** Whether a tiny autoencoder decoded it. */
  readonly isTiny: boolean;
}

/** How an order was drawn, by whom and when. */
export function recordOf(
  { model: _name, initImageId: _id, isSizeOpen: _size, decoder: _decoder, ...settings }: Order,
  { read, model, device, isTiny }: Drawer,
): GenerationRecord {
  return {
    ...settings,
    model: read.summary.name,
    modelFingerprint: model.fingerprint.slice(0, 16),
    device: device.provider,
    precision: precisionOf(device),
    ...(isTiny && { decoder: "tiny" as const }),
    createdAt: new Date().toISOString(),
    ...SOFTWARE,
  };
}
