import { WHOLE_RUN, type GuidanceInterval } from "../contract/presets.ts";
import { tensor, type FloatTensor } from "../tensor/tensor.ts";

/** How closely a run follows its prompt. */
export interface Guidance {
  /** From 0 to 1 is without guidance, but where the UNet takes the scale itself. */
  readonly guidanceScale: number;
  /** Width in which the UNet takes the scale as an input (time_cond_proj_dim); null where it takes none. */
  readonly guidanceWidth: number | null;
  /** Shares of the run between which guidance works; absent where that is the whole of it. */
  readonly guidanceInterval?: GuidanceInterval | undefined;
}

/** Whether steps predict without the prompt, too, in a batch of two; else the negative prompt is ignored. */
export function isGuided({ guidanceScale, guidanceWidth }: Guidance): boolean {
  return guidanceScale > 1 && guidanceWidth === null;
}

/** Whether they do at this share of the run. */
export function isGuidedAt(guidance: Guidance, share: number): boolean {
  const { guidanceInterval: [from, to] = WHOLE_RUN } = guidance;
  return isGuided(guidance) && from <= share && share < to;
}

/**
 * Classifier-free guidance: unconditional + scale * (conditional - unconditional). `predictions`
 * holds both halves of a batch of two, the unconditional first.
 */
export function guide(predictions: Float32Array, scale: number): Float32Array {
  const size = predictions.length / 2;
  const guided = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const unconditional = predictions[i] ?? 0;
    guided[i] = unconditional + scale * ((predictions[size + i] ?? 0) - unconditional);
  }
  return guided;
}

/**
 * The guidance scale as a UNet takes it that was distilled with it, (1, width): sines, then cosines, and a
 * zero where the width is odd (StableDiffusionPipeline.get_guidance_scale_embedding).
 */
export function guidanceEmbedding(scale: number, width: number): FloatTensor {
  const half = Math.floor(width / 2);
  const embedding = new Float32Array(width);
  const position = Math.fround(Math.fround(scale - 1) * 1000);
  const fall = Math.fround(Math.fround(Math.log(10_000)) / (half - 1));
  for (let i = 0; i < half; i++) {
    const frequency = Math.fround(Math.exp(Math.fround(-fall * i)));
    const angle = Math.fround(position * frequency);
    embedding[i] = Math.sin(angle);
    embedding[half + i] = Math.cos(angle);
  }
  return tensor([1, width], embedding);
}
