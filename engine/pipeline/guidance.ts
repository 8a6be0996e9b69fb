import { WHOLE_RUN, type GuidanceInterval } from "../contract/presets.ts";
import { tensor, type FloatTensor } from "../tensor/tensor.ts";

/** How closely a run follows its prompt. */
export interface Guidance {
  /** From 0 to 1 means no guidance, unless the UNet takes the scale itself. */
  readonly guidanceScale: number;
  /** Width of the guidance embedding that the UNet takes (time_cond_proj_dim); null if it takes none. */
  readonly guidanceWidth: number | null;
  /** The part of the run in which guidance is used, as shares of it; absent for the whole run. */
  readonly guidanceInterval?: GuidanceInterval | undefined;
}

/** Whether steps also predict without the prompt, in a batch of two; if not, the negative prompt is ignored. */
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
 * The embedding of the guidance scale, (1, width), for a UNet distilled with guidance: sines, then cosines, and a zero
 * if the width is odd (StableDiffusionPipeline.get_guidance_scale_embedding).
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
