import type { SchedulerPlan } from "../schedulers/scheduler.ts";
import type { NoiseGenerator } from "../tensor/noise.ts";
import type { FloatTensor } from "../tensor/tensor.ts";
import type { Guidance } from "./guidance.ts";
import type { Networks, Session, SessionSize } from "./session.ts";

/** Everything one model brings to a run. */
export interface PipelineParts {
  readonly networks: Networks;
  /** Hidden states of a run's prompts: (1, tokens, width), or (2, tokens, width) with the negative prompt's first. */
  readonly encodePrompt: (run: Prompts, signal?: AbortSignal) => Promise<FloatTensor>;
  readonly latents: LatentSpace;
  /** A faster decoder of the same latents, if there is one. */
  readonly tinyDecoder?: TinyDecoder | undefined;
  /** Whether a guided run's two predictions are two runs of the UNet, and not one of a batch of two. */
  readonly guidesApart: (run: Run) => boolean;
  /** The noise that a seed names: torch's CPU generator. */
  readonly noise: (seed: bigint) => NoiseGenerator;
}

/** A tiny autoencoder's decoder, which takes the UNet's latents over its own scaling factor. */
export interface TinyDecoder {
  readonly scalingFactor: number;
  /** latents to decoded, as Networks.vaeDecoder. */
  readonly session: (size: SessionSize) => Session;
}

/** How pictures and latents relate, from vae/config.json. */
export interface LatentSpace {
  readonly channels: number;
  /** Pixels per latent along each side. */
  readonly factor: number;
  readonly scalingFactor: number;
}

/** How one picture is drawn: its order laid out for one model. Height and width in pixels. */
export interface Run extends Guidance {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly height: number;
  readonly width: number;
  readonly seed: bigint;
  readonly plan: SchedulerPlan;
  /** Every so many evaluations run the whole UNet, those between its last layer alone; absent where all do. */
  readonly cacheInterval?: number | undefined;
  /** Index into the plan's timesteps at which it starts: 0 unless there is a start image. */
  readonly from: number;
  /** Whether the picture is decoded by the tiny decoder, which must be among the parts. */
  readonly isTiny?: boolean;
}

/** What of a run the text encoder's work depends on. */
export type Prompts = Pick<Run, "prompt" | "negativePrompt" | keyof Guidance>;

/** What a run yields, in this order: the text, its start, its steps, the picture. */
export type PipelineEvent =
  | { readonly kind: "text" }
  /** Noise, or a start image in it: (1, channels, height / factor, width / factor). */
  | { readonly kind: "start"; readonly latents: FloatTensor }
  | {
      readonly kind: "step";
      /** 1 to steps. */
      readonly step: number;
      readonly steps: number;
      /** After the step: (1, channels, height / factor, width / factor). */
      readonly latents: FloatTensor;
      /** What the step's prediction takes the picture for, of the same shape. */
      readonly picture: FloatTensor;
    }
  | {
      readonly kind: "image";
      readonly latents: FloatTensor;
      /** (1, 3, height, width) in -1..1 and a little beyond. */
      readonly decoded: FloatTensor;
    };
