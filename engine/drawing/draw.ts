import type { Seconds } from "../contract/progress.ts";
import { fromPixels, type Pixels } from "../image/pixels.ts";
import { imageToImage } from "../pipeline/image-to-image.ts";
import type { PipelineEvent, Run } from "../pipeline/pipeline.ts";
import { textToImage } from "../pipeline/text-to-image.ts";
import type { FloatTensor } from "../tensor/tensor.ts";
import type { LoadedModel } from "./load-model.ts";
import { Stopwatch, typicalSeconds } from "./stopwatch.ts";

/** One step of a picture is done. */
export interface StepProgress {
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
  yield* withTimes(events, new Stopwatch(now, () => sessions.loadingSeconds));
}

async function* withTimes(
  events: AsyncIterable<PipelineEvent>,
  watch: Stopwatch,
): AsyncGenerator<DrawEvent, void> {
  let load = 0;
  let text = 0;
  const steps: number[] = [];
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
    }
  }
}
