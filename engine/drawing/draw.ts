import type { Seconds } from "../contract/progress.ts";
import { fromPixels, type Pixels } from "../image/pixels.ts";
import { imageToImage } from "../pipeline/image-to-image.ts";
import type { PipelineEvent } from "../pipeline/pipeline.ts";
import { textToImage } from "../pipeline/text-to-image.ts";
import { planSteps } from "../schedulers/plan-steps.ts";
import type { FloatTensor } from "../tensor/tensor.ts";
import { checkOrder } from "./check-order.ts";
import type { LoadedModel } from "./load-model.ts";
import type { Order } from "./order.ts";
import type { ReadModel } from "./read-model.ts";
import { Stopwatch, typicalSeconds } from "./stopwatch.ts";

/** One step of one picture is done. */
export interface StepProgress {
  /** Which picture of the run, from 0. */
  readonly image: number;
  /** 1 to steps. */
  readonly step: number;
  readonly steps: number;
  /** The median of the last steps. */
  readonly secondsPerStep: number;
}

/** What drawing yields: every step, then the picture. */
export type DrawEvent =
  | ({ readonly kind: "step"; readonly latents: FloatTensor } & StepProgress)
  | {
      readonly kind: "image";
      readonly image: number;
      readonly seed: bigint;
      readonly latents: FloatTensor;
      readonly decoded: FloatTensor;
      readonly seconds: Seconds;
    };

export interface DrawOptions {
  /** The picture to start from, of the order's size. */
  readonly from?: Pixels | undefined;
  /** Seconds, from any start. */
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** Runs the pipeline an order asks for, and times it. */
export async function* draw(
  model: ReadModel,
  loaded: LoadedModel,
  order: Order,
  { from, now, signal }: DrawOptions,
): AsyncGenerator<DrawEvent, void> {
  checkOrder(order, model, from !== undefined);
  const plan = planSteps(model.schedulerConfig, order.steps, order.scheduler);
  const request = { ...order, plan };
  const events =
    from === undefined
      ? textToImage(loaded.parts, request, signal)
      : imageToImage(loaded.parts, { ...request, image: fromPixels(from) }, signal);
  yield* withTimes(events, new Stopwatch(now, () => loaded.sessions.loadingSeconds));
}

async function* withTimes(
  events: AsyncIterable<PipelineEvent>,
  watch: Stopwatch,
): AsyncGenerator<DrawEvent, void> {
  let load = 0;
  let text = 0;
  let steps: number[] = [];
  for await (const event of events) {
    const lap = watch.lap();
    load += lap.load;
    if (event.kind === "text") {
      text = lap.own;
    } else if (event.kind === "step") {
      steps.push(lap.own);
      yield { ...event, secondsPerStep: typicalSeconds(steps) };
    } else {
      const denoise = steps.reduce((sum, seconds) => sum + seconds, 0);
      yield { ...event, seconds: { load, text, denoise, decode: lap.own } };
      steps = [];
    }
  }
}
