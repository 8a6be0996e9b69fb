import type { SchedulerPlan } from "../schedulers/scheduler.ts";
import type { NoiseGenerator } from "../tensor/noise.ts";
import type { FloatTensor } from "../tensor/tensor.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { Networks } from "./session.ts";

/** Everything one model brings to a run. */
export interface PipelineParts {
  readonly networks: Networks;
  readonly tokenizer: Tokenizer;
  /** Whether the text encoder is told which tokens are padding. */
  readonly masksPadding: boolean;
  readonly latents: LatentSpace;
  /** The noise that a seed names: torch's CPU generator. */
  readonly noise: (seed: bigint) => NoiseGenerator;
}

/** How pictures and latents relate, from vae/config.json. */
export interface LatentSpace {
  readonly channels: number;
  /** Pixels per latent along each side. */
  readonly factor: number;
  readonly scalingFactor: number;
}

/** One run: `count` pictures of one prompt, picture i from seed + i. Height and width in pixels. */
export interface PipelineRequest {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly plan: SchedulerPlan;
  /** From 0 to 1 is without guidance, and skips the unconditional half of the work. */
  readonly guidanceScale: number;
  readonly height: number;
  readonly width: number;
  readonly seed: bigint;
  readonly count: number;
}

/** What a run yields, in this order: the text once, then per picture its steps and the picture. */
export type PipelineEvent =
  | { readonly kind: "text" }
  | {
      readonly kind: "step";
      readonly image: number;
      /** 1 to steps. */
      readonly step: number;
      readonly steps: number;
      /** After the step: (1, channels, height / factor, width / factor). */
      readonly latents: FloatTensor;
    }
  | {
      readonly kind: "image";
      readonly image: number;
      readonly seed: bigint;
      readonly latents: FloatTensor;
      /** (1, 3, height, width) in -1..1 and a little beyond. */
      readonly decoded: FloatTensor;
    };

const SEEDS = 2n ** 64n;

/** The seed of picture `image`; after the last 64-bit number comes 0. */
export function seedOf({ seed }: PipelineRequest, image: number): bigint {
  return (seed + BigInt(image)) % SEEDS;
}

/** Height and width of a request's latents. */
export function latentSize(
  { height, width }: PipelineRequest,
  { factor }: LatentSpace,
): { height: number; width: number } {
  return { height: height / factor, width: width / factor };
}
