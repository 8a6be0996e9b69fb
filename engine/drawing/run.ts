import { StudioError } from "../contract/errors.ts";
import type { Order } from "../contract/order.ts";
import { takenSteps } from "../pipeline/image-to-image.ts";
import { isGuided } from "../pipeline/guidance.ts";
import type { Run } from "../pipeline/pipeline.ts";
import { guidedEvaluations, isWhole } from "../pipeline/predict.ts";
import { planSteps } from "../schedulers/plan-steps.ts";
import { pixelsPerLatent, type ReadModel } from "./read-model.ts";

/** Plans an order's run for a local model. Refuses what the model cannot draw; nothing needs to be loaded. */
export function runOf(order: Omit<Order, "precision">, model: ReadModel): Run {
  const { prompt, negativePrompt, steps, guidanceScale, seed, width, height, strength } = order;
  if (steps === undefined || guidanceScale === undefined || seed === undefined) {
    throw new TypeError("an order for this device leaves something open");
  }
  refuseOddSize(order, model);
  const guidance = {
    guidanceScale,
    guidanceWidth: model.snapshot.unet.config.time_cond_proj_dim,
    guidanceInterval: order.guidanceInterval,
  };
  refuseStrangers({ prompt, ...(isGuided(guidance) && { negativePrompt }) }, model);
  const plan = planSteps(model.schedulerConfig, steps, order.scheduler);
  const skipped = strength === undefined ? 0 : steps - takenSteps(steps, strength);
  return {
    prompt,
    negativePrompt,
    ...guidance,
    width,
    height,
    seed: BigInt(seed),
    plan,
    cacheInterval: order.cacheInterval,
    from: skipped * plan.order,
  };
}

/**
 * The last layer's share of an evaluation's time: measured with Stable Diffusion 2 at 64x64 latents (engine/README.md).
 */
const LAST_LAYER = 0.15;

/** The number of steps that run the whole UNet, where every n-th step does. */
export function wholeSteps(steps: number, cacheInterval = 1): number {
  const whole = Math.ceil(steps / cacheInterval);
  return whole + LAST_LAYER * (steps - whole);
}

/** How often a run evaluates the UNet; in a guided run, evaluations without guidance count as half. */
export function evaluationsOf(run: Run): number {
  const isGuidedRun = isGuided(run);
  return guidedEvaluations(run).reduce((sum, isGuided, number) => {
    const share = isGuided || !isGuidedRun ? 1 : 0.5;
    return sum + share * (isWhole(run, number) ? 1 : LAST_LAYER);
  }, 0);
}

function refuseOddSize(
  { width, height }: Pick<Order, "width" | "height">,
  { snapshot, summary }: ReadModel,
): void {
  const factor = pixelsPerLatent(snapshot);
  for (const [field, value] of Object.entries({ width, height })) {
    if (value % factor === 0) continue;
    const reason = `${summary.name} draws multiples of ${factor} pixels`;
    throw new StudioError("REQUEST_INVALID", { field, value, reason });
  }
}

/** Refuses prompts with a token that has no row in the text encoder. */
function refuseStrangers(
  texts: Readonly<Record<string, string>>,
  { tokenizer, snapshot }: ReadModel,
): void {
  for (const [field, text] of Object.entries(texts)) {
    const { stranger } = tokenizer.encode(text);
    if (stranger === undefined) continue;
    const { vocab_size: rows } = snapshot.textEncoder.config;
    const value = `read with ${stranger.token} in it`;
    const reason = `that token has the id ${stranger.id}, but the model's text encoder has ${rows} rows`;
    throw new StudioError("REQUEST_INVALID", { field, value, reason });
  }
}
