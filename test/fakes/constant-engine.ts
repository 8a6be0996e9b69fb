import { setTimeout as delay } from "node:timers/promises";
import { StudioError } from "../../engine/contract/errors.ts";
import type { GenerationRecord } from "../../engine/contract/image-record.ts";
import type { ModelSummary } from "../../engine/contract/models.ts";
import type { Preset } from "../../engine/contract/presets.ts";
import { seedAfter } from "../../engine/contract/seed.ts";
import type { GenerationRequest } from "../../engine/contract/request.ts";
import { type Pixels, pixels } from "../../engine/image/pixels.ts";
import { encodePng } from "../../engine/image/png/png.ts";
import type {
  KnownModel,
  ModelName,
  PictureEngine,
  PictureEvent,
  PictureJob,
} from "../../engine/serving/picture-engine.ts";

const SUMMARY: ModelSummary = {
  name: "Starter",
  folder: "/a/secret/place/starter",
  isStarter: true,
  description: "Draws small pictures of things.",
  predictionType: "epsilon",
  scheduler: "ddim",
  width: 64,
  height: 64,
  steps: 30,
  guidanceScale: 3,
  isDistilled: false,
  parameters: 1000,
  unetParameters: 700,
  vaeParameters: 100,
  sizeBytes: 4000,
};

export interface ConstantEngineOptions {
  /** The pixels of every picture; by default, pixels that differ from each other. */
  readonly pixels?: Pixels;
  /** Whether pictures are black and have the requested size instead. */
  readonly isSized?: boolean;
  /** Number of steps of each picture. */
  readonly steps?: number;
  /** Duration of each step, milliseconds. */
  readonly stepMs?: number;
  /** The expected time of a job; unknown if absent. */
  readonly expectedSeconds?: (job: PictureJob) => number;
  /** Fails after this many steps. */
  readonly failure?: { readonly afterSteps: number; readonly error: Error };
}

/** Colours of a 4x2 picture, all different. */
export const FEW_PIXELS = pixels(
  4,
  2,
  Uint8Array.from({ length: 24 }, (_, i) => (i * 37) % 256),
);

/** A fake that knows two models, of which it serves `starter`, and always draws the same picture. */
export class ConstantEngine implements PictureEngine {
  readonly jobs: PictureJob[] = [];
  /** Number of jobs whose client disconnected. */
  abortedJobs = 0;
  drawnPictures = 0;
  loads: string[] = [];
  served: string | undefined = "starter";
  preset: Preset = "exact";
  readonly #options: ConstantEngineOptions;
  readonly #png: Uint8Array;

  constructor(options: ConstantEngineOptions = {}) {
    this.#options = options;
    const picture = options.pixels ?? FEW_PIXELS;
    this.#png = encodePng(picture);
  }

  async models(): Promise<readonly KnownModel[]> {
    return ["other", "starter"].map((name) => {
      const isServed = name === this.served;
      const state = isServed ? "ready" : "unavailable";
      return { name, state, reason: isServed ? "" : "it is not loaded", summary: SUMMARY };
    });
  }

  async load(name: string): Promise<void> {
    await this.#known(name);
    this.loads.push(`load ${name}`);
    this.served = name;
  }

  async unload(name: string): Promise<void> {
    await this.#known(name);
    this.loads.push(`unload ${name}`);
    if (this.served === name) this.served = undefined;
  }

  async *draw(job: PictureJob, signal: AbortSignal): AsyncGenerator<PictureEvent, void> {
    this.jobs.push(job);
    try {
      yield* this.#pictures(job, signal);
    } finally {
      if (signal.aborted) this.abortedJobs++;
    }
  }

  async *#pictures(
    { requests }: PictureJob,
    signal: AbortSignal,
  ): AsyncGenerator<PictureEvent, void> {
    const pictures = requests.flatMap((request) =>
      Array.from({ length: request.count ?? 1 }, (_, i) => this.#recordOf(request, i)),
    );
    for (const [image, record] of pictures.entries()) {
      yield* this.#steps(image, signal);
      const picture = this.#pixelsOf(record);
      this.drawnPictures++;
      const seconds = { load: 0, text: 0, denoise: 0, decode: 0 };
      const png = this.#options.isSized === true ? encodePng(picture) : this.#png;
      yield { kind: "picture", image, pixels: picture, png, record, seconds };
    }
  }

  async *#steps(image: number, signal: AbortSignal): AsyncGenerator<PictureEvent, void> {
    const { steps = 2, stepMs = 0, failure } = this.#options;
    for (let step = 1; step <= steps; step++) {
      if (failure?.afterSteps === image * steps + step - 1) throw failure.error;
      if (stepMs > 0) await delay(stepMs, undefined, { signal });
      yield { kind: "progress", image, step, steps, preview: async () => FEW_PIXELS };
    }
  }

  async tryOut(model: ModelName, request: GenerationRequest): Promise<void> {
    const job = { requests: [request], keepsPictures: false, model };
    for await (const event of this.draw(job, AbortSignal.any([]))) void event;
  }

  expectedSeconds(job: PictureJob): Promise<number | undefined> {
    return Promise.resolve(this.#options.expectedSeconds?.(job));
  }

  busySeconds(): number {
    return 0;
  }

  #pixelsOf({ width, height }: GenerationRecord): Pixels {
    const { pixels: picture = FEW_PIXELS, isSized = false } = this.#options;
    return isSized ? pixels(width, height, new Uint8Array(width * height * 3)) : picture;
  }

  #recordOf(
    request: Pick<GenerationRequest, "prompt" | "seed" | "width" | "height">,
    index: number,
  ): GenerationRecord {
    const picture = this.#options.pixels ?? FEW_PIXELS;
    const { isSized = false } = this.#options;
    const { width = picture.width, height = picture.height } = isSized ? request : picture;
    return {
      prompt: request.prompt,
      negativePrompt: "",
      seed: seedAfter(request.seed ?? "1", index),
      width,
      height,
      model: "Starter",
      device: "cpu",
      software: "Darkroom",
      version: "0.1.0",
    };
  }

  async #known(name: string): Promise<void> {
    const models = await this.models();
    if (models.some((model) => model.name === name)) return;
    throw new StudioError("NOT_FOUND", { what: "model", id: name });
  }
}
