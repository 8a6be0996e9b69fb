import { SCHEDULER_NAMES, type SchedulerName } from "../contract/schedulers.ts";
import type { SchedulerConfig } from "./config.ts";
import { ddim } from "./ddim.ts";
import { dpmSolver } from "./dpm-solver.ts";
import { eulerAncestral } from "./euler-ancestral.ts";
import { euler } from "./euler.ts";
import { pndm } from "./pndm.ts";
import type { Scheduler, SchedulerPlan } from "./scheduler.ts";
import { completeSettings, type SchedulerSettings } from "./settings.ts";
import { unsupported } from "./unsupported.ts";

/** A scheduler with the settings that its name stands for, whatever a config says. */
interface NamedScheduler {
  readonly scheduler: Scheduler;
  readonly fixed: Partial<SchedulerSettings>;
}

const EULER = {
  interpolation_type: "linear",
  timestep_type: "discrete",
  use_exponential_sigmas: false,
  use_beta_sigmas: false,
};
const DPM_SOLVER = {
  algorithm_type: "dpmsolver++",
  solver_type: "midpoint",
  solver_order: 2,
  use_exponential_sigmas: false,
  use_beta_sigmas: false,
  use_lu_lambdas: false,
  use_flow_sigmas: false,
};

export const SCHEDULERS: Readonly<Record<SchedulerName, NamedScheduler>> = {
  ddim: { scheduler: ddim, fixed: {} },
  pndm: { scheduler: pndm, fixed: { skip_prk_steps: true } },
  euler: { scheduler: euler, fixed: { ...EULER, use_karras_sigmas: false } },
  "euler-karras": { scheduler: euler, fixed: { ...EULER, use_karras_sigmas: true } },
  "euler-ancestral": { scheduler: eulerAncestral, fixed: {} },
  "dpm++2m": { scheduler: dpmSolver, fixed: { ...DPM_SOLVER, use_karras_sigmas: false } },
  "dpm++2m-karras": { scheduler: dpmSolver, fixed: { ...DPM_SOLVER, use_karras_sigmas: true } },
};

/** What StableDiffusionPipeline sets on the model's own scheduler, whatever its config says. */
const OVERRULED: Partial<SchedulerSettings> = { steps_offset: 1, clip_sample: false };

/** As many as a request may ask for, whatever the model was trained with. */
const MAX_STEPS = 1000;

/**
 * The name of the model's own scheduler. SCHEDULER_UNSUPPORTED: it is none of ours, but its config
 * serves for any of them that is asked for by name.
 */
export function ownSchedulerName({ className, settings }: SchedulerConfig): SchedulerName {
  const own = SCHEDULER_NAMES.find((name) => {
    const { scheduler, fixed } = SCHEDULERS[name];
    const all = completeSettings(settings, scheduler.defaults);
    return scheduler.className === className && includes(all, fixed);
  });
  if (own !== undefined) return own;
  const names = SCHEDULER_NAMES.join(", ");
  throw unsupported(`the model's own, ${className} as its config has it, is none of ${names}`);
}

/**
 * Lays out a run of `steps` steps with the model's own scheduler or with the one named. That one
 * gets the model's config as by from_config of diffusers: what the config says holds, and what it
 * leaves out is as the new class, not the old one, has it by default.
 */
export function planSteps(
  config: SchedulerConfig,
  steps: number,
  name: SchedulerName = ownSchedulerName(config),
): SchedulerPlan {
  const { scheduler, fixed } = SCHEDULERS[name];
  const said = { ...config.settings, ...overruled(config, scheduler) };
  const settings = { ...completeSettings(said, scheduler.defaults), ...fixed };
  const most = Math.min(settings.num_train_timesteps, MAX_STEPS);
  if (!Number.isInteger(steps) || steps < 1 || steps > most) {
    throw unsupported(`${steps} steps is not a number from 1 to ${most}`);
  }
  return scheduler.plan(settings, steps);
}

/** Where another class takes over, only what the config says can be overruled. */
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
