import type { SchedulerPlan } from "../schedulers/scheduler.ts";
import type { NoiseGenerator } from "../tensor/noise.ts";
import type { FloatTensor } from "../tensor/tensor.ts";
import type { Guidance } from "./guidance.ts";
import type { Networks, Session, SessionSize } from "./session.ts";

/** The parts of a model that a run uses. */
export interface PipelineParts {
  readonly networks: Networks;
  /** Hidden states of a run's prompts: (1, tokens, width), or (2, tokens, width) with the negative prompt's first. */
  readonly encodePrompt: (run: Prompts, signal?: AbortSignal) => Promise<FloatTensor>;
  readonly latents: LatentSpace;
  /** A faster decoder of the same latents, if there is one. */
  readonly tinyDecoder?: TinyDecoder | undefined;
  /** Whether a guided run evaluates the UNet twice for each prediction, rather than once with a batch of two. */
  readonly guidesApart: (run: Run) => boolean;
  /** The noise for a seed, equal to that of torch's CPU generator. */
  readonly noise: (seed: bigint) => NoiseGenerator;
}

/** A tiny autoencoder's decoder. Its input is the UNet's latents divided by `scalingFactor`. */
export interface TinyDecoder {
  readonly scalingFactor: number;
  /** Maps latents to decoded, as Networks.vaeDecoder does. */
  readonly session: (size: SessionSize) => Session;
}

/** How pictures and latents relate, from vae/config.json. */
export interface LatentSpace {
  readonly channels: number;
  /** Pixels per latent along each side. */
  readonly factor: number;
  readonly scalingFactor: number;
}

/** All settings for one picture, derived from its order for one model. Height and width in pixels. */
export interface Run extends Guidance {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly height: number;
  readonly width: number;
  readonly seed: bigint;
  readonly plan: SchedulerPlan;
  /** Only every `cacheInterval`th evaluation runs the whole UNet, the others its last layer; absent if all run it. */
  readonly cacheInterval?: number | undefined;
  /** Index into the plan's timesteps at which it starts: 0 unless there is a start image. */
  readonly from: number;
  /** Whether the picture is decoded by the tiny decoder, which must be among the parts. */
  readonly isTiny?: boolean;
}

/** The settings of a run that its hidden states depend on. */
export type Prompts = Pick<Run, "prompt" | "negativePrompt" | keyof Guidance>;

/** What a run yields, in this order: the text when it is encoded, the start, each step, the picture. */
export type PipelineEvent =
  | { readonly kind: "text" }
  /** Noise, or a start image's latents with noise added: (1, channels, height / factor, width / factor). */
  | { readonly kind: "start"; readonly latents: FloatTensor }
  | {
      readonly kind: "step";
      /** 1 to steps. */
      readonly step: number;
      readonly steps: number;
      /** After the step: (1, channels, height / factor, width / factor). */
      readonly latents: FloatTensor;
      /** The picture's final latents as estimated from the step's prediction, of the same shape. */
      readonly picture: FloatTensor;
    }
  | {
      readonly kind: "image";
      readonly latents: FloatTensor;
      /** (1, 3, height, width), in -1..1 or slightly outside. */
      readonly decoded: FloatTensor;
    };
