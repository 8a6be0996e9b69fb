import { z } from "zod";
import type { ModelSummary } from "./models.ts";
import type { SchedulerName } from "./schedulers.ts";

/** How much work goes into a picture, by name, the most exact first. Stored: only ever grows. */
export const PRESETS = ["exact", "balanced", "fast"] as const;
export type Preset = (typeof PRESETS)[number];

/** Whoever would wait longer than this for a picture is offered a faster preset. */
export const PATIENCE_SECONDS = 120;

const share = z.number().min(0).max(1);

/**
 * The part of a run in which guidance works, as two shares of its steps: from the first on, and before
 * the second. In the other steps the UNet predicts with the prompt alone, which is half the work.
 */
export const guidanceIntervalSchema = z
  .tuple([share, share])
  .refine(([from, to]) => from < to, "the first share must be below the second");
export type GuidanceInterval = z.output<typeof guidanceIntervalSchema>;

/** Guidance from the first step to the last, as it is where no interval is asked for. */
export const WHOLE_RUN: GuidanceInterval = [0, 1];

/**
 * Every so many evaluations run the whole UNet; those between run its last layer, on what the deeper ones came to before
 * (DeepCache, Ma et al. 2023; diffusers' `cache_interval`). Named after it there. 1: all of them.
 */
export const cacheIntervalSchema = z.int().min(1).max(10);

/** What may decode a picture's latents: the model's own VAE, or a tiny autoencoder, which is faster and slightly soft. */
export const DECODERS = ["own", "tiny"] as const;
export type Decoder = (typeof DECODERS)[number];

/** What a preset decides. Absent: the model's own choice, and for the precision the device's. */
export interface PresetSettings {
  readonly steps?: number;
  readonly scheduler?: SchedulerName;
  /** For CPUs; a GPU keeps to its own. */
  readonly precision?: "int8";
  readonly cacheInterval?: number;
}

/**
 * What each preset is: Exact the model's own schedule in float32; Balanced int8 and fewer steps; Fast, with a
 * quarter of Balanced's evaluations, what was measured best on the starter (engine/README.md, Measured).
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
