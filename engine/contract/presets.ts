import { z } from "zod";
import type { ModelSummary } from "./models.ts";
import type { SchedulerName } from "./schedulers.ts";

/** How much work goes into a picture, most exact first. Stored, so names are only added. */
export const PRESETS = ["exact", "balanced", "fast"] as const;
export type Preset = (typeof PRESETS)[number];

/** If a picture takes longer than this, a faster preset is offered. */
export const PATIENCE_SECONDS = 120;

const share = z.number().min(0).max(1);

/**
 * The part of a run with guidance, as two shares of its steps: from the first, until before the second. In the other
 * steps the UNet predicts with the prompt alone, which is half the work.
 */
export const guidanceIntervalSchema = z
  .tuple([share, share])
  .refine(([from, to]) => from < to, "the first share must be below the second");
export type GuidanceInterval = z.output<typeof guidanceIntervalSchema>;

/** Guidance in all steps, the default. */
export const WHOLE_RUN: GuidanceInterval = [0, 1];

/**
 * Every n-th evaluation runs the whole UNet; the others run only its last layer, on the previous result of the deeper
 * ones (DeepCache, Ma et al. 2023; diffusers' `cache_interval`). 1: all run everything.
 */
export const cacheIntervalSchema = z.int().min(1).max(10);

/**
 * The decoders of a picture's latents: the model's own VAE, or a tiny autoencoder, which is faster and slightly soft.
 */
export const DECODERS = ["own", "tiny"] as const;
export type Decoder = (typeof DECODERS)[number];

/** What a preset decides. Absent: the model's own value, and for the precision the device's. */
export interface PresetSettings {
  readonly steps?: number;
  readonly scheduler?: SchedulerName;
  /** For CPUs; a GPU uses its own. */
  readonly precision?: "int8";
  readonly cacheInterval?: number;
}

/**
 * The presets: Exact is the model's own schedule in float32; Balanced int8 with fewer steps; Fast, with a quarter of
 * Balanced's evaluations, the combination that measured best on the starter (engine/README.md, Measured).
 */
const TABLE: Readonly<Record<Preset, PresetSettings>> = {
  exact: {},
  balanced: { precision: "int8", steps: 25 },
  fast: { precision: "int8", steps: 10, scheduler: "unipc", cacheInterval: 2 },
};

/**
 * What a preset decides for one model: never more steps than it recommends. A distilled model keeps its steps,
 * scheduler and guidance.
 */
export function presetSettings(
  preset: Preset,
  { steps: own, isDistilled }: Pick<ModelSummary, "steps" | "isDistilled">,
): PresetSettings {
  const { steps, scheduler, precision, cacheInterval } = TABLE[preset];
  const kept = precision === undefined ? {} : { precision };
  if (isDistilled) return kept;
  return {
    ...kept,
    ...(steps !== undefined && { steps: Math.min(steps, own) }),
    ...(scheduler !== undefined && { scheduler }),
    ...(cacheInterval !== undefined && { cacheInterval }),
  };
}
