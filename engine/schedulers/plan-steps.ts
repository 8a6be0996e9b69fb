import { SCHEDULER_NAMES, type SchedulerName } from "../contract/schedulers.ts";
import type { SchedulerConfig } from "./config.ts";
import { pictureIn } from "./mixture.ts";
import type { Scheduler, SchedulerPlan, SchedulerSteps } from "./scheduler.ts";
import { CLASSES, SCHEDULERS } from "./schedulers.ts";
import { completeSettings, type SchedulerSettings } from "./settings.ts";
import { unsupported } from "./unsupported.ts";
import { weightedSum } from "./weighted-sum.ts";

/** Settings that StableDiffusionPipeline forces on the model's own scheduler, whatever its config says. */
const OVERRULED: Partial<SchedulerSettings> = { steps_offset: 1, clip_sample: false };

/** The maximum of a request, whatever the model was trained with. */
const MAX_STEPS = 1000;

/** Classes whose pictures cannot be reproduced even by diffusers itself, and why. */
const UNREPEATABLE: ReadonlyMap<string, string> = new Map([
  [
    "DPMSolverSDEScheduler",
    "its noise does not follow the seed, so no picture of it can be drawn again",
  ],
]);

/** The name of the model's own scheduler; absent where its class, or its configuration, has no name here. */
export function ownSchedulerName({
  className,
  settings,
}: SchedulerConfig): SchedulerName | undefined {
  return SCHEDULER_NAMES.find((name) => {
    const { scheduler, fixed } = SCHEDULERS[name];
    const all = { ...completeSettings(settings, scheduler.defaults), ...scheduler.lacks };
    return scheduler.className === className && includes(all, fixed);
  });
}

/**
 * Plans a run of `steps` steps with the model's own scheduler or with the one named. The latter gets the model's config
 * as by diffusers' from_config: what the config says applies, and what it omits takes the new class's default.
 * SCHEDULER_UNSUPPORTED: there is no such scheduler, or it cannot do what the config and the number of steps ask for.
 */
export function planSteps(
  config: SchedulerConfig,
  steps: number,
  name?: SchedulerName,
): SchedulerPlan {
  const { scheduler, fixed } =
    name === undefined ? { scheduler: ownScheduler(config), fixed: {} } : SCHEDULERS[name];
  const said = { ...config.settings, ...overruled(config, scheduler) };
  const settings = {
    ...completeSettings(said, scheduler.defaults),
    ...fixed,
    ...scheduler.lacks,
  };
  const most = Math.min(settings.num_train_timesteps, MAX_STEPS);
  if (!Number.isInteger(steps) || steps < 1 || steps > most) {
    throw unsupported(`${steps} steps is not a number from 1 to ${most}`);
  }
  const plan = scheduler.plan(settings, steps);
  return { ...plan, picture: (evaluation) => pictureOf(plan, settings, evaluation) };
}

/** How much picture and noise an evaluation's latents contain; derived from addNoise, so it holds for every method. */
function pictureOf(
  plan: SchedulerSteps,
  settings: SchedulerSettings,
  { index, latents, prediction }: Parameters<SchedulerPlan["picture"]>[0],
): Float32Array {
  const [one, none] = [Float32Array.of(1), Float32Array.of(0)];
  const [signal = 1] = plan.addNoise(one, none, index);
  const [spread = 0] = plan.addNoise(none, one, index);
  const size = Math.hypot(signal, spread);
  const mixture = { signal: signal / size, spread: spread / size };
  return pictureIn(settings, mixture, weightedSum([1 / size, latents]), prediction);
}

/** The scheduler of the class that the model names. SCHEDULER_UNSUPPORTED: we do not have that class. */
function ownScheduler({ className }: SchedulerConfig): Scheduler {
  const own = CLASSES.get(className);
  if (own !== undefined) return own;
  const why = UNREPEATABLE.get(className) ?? `it is none of ${[...CLASSES.keys()].join(", ")}`;
  throw unsupported(`the model's own is ${className}, and ${why}`);
}

/** For another class only settings that the config states are overruled. */
function overruled(
  { className, settings }: SchedulerConfig,
  scheduler: Scheduler,
): Partial<SchedulerSettings> {
  if (scheduler.className === className) return OVERRULED;
  return Object.fromEntries(Object.entries(OVERRULED).filter(([key]) => key in settings));
}

function includes(all: SchedulerSettings, some: Partial<SchedulerSettings>): boolean {
  const entries = new Map<string, unknown>(Object.entries(all));
  return Object.entries(some).every(([key, value]) => entries.get(key) === value);
}
