import { StudioError } from "../contract/errors.ts";
import type { Order } from "../contract/order.ts";
import { takenSteps } from "../pipeline/image-to-image.ts";
import { isGuided } from "../pipeline/guidance.ts";
import type { Run } from "../pipeline/pipeline.ts";
import { guidedEvaluations, isWhole } from "../pipeline/predict.ts";
import { planSteps } from "../schedulers/plan-steps.ts";
import { pixelsPerLatent, type ReadModel } from "./read-model.ts";

/**
 * Lays an order out for a model of this device. Refuses what the model cannot draw; nothing of it need
 * be loaded.
 */
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

/** What the last layer alone takes of an evaluation: measured of Stable Diffusion 2 at 64x64 latents (README.md). */
const LAST_LAYER = 0.15;

/** How many whole evaluations so many steps come to where every so many are whole. */
export function wholeSteps(steps: number, cacheInterval = 1): number {
  const whole = Math.ceil(steps / cacheInterval);
  return whole + LAST_LAYER * (steps - whole);
}

/** How often a run evaluates the UNet; of a guided run, those without guidance count as halves. */
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

/** Every token that is read must have a row in the text encoder. */
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
