import { StudioError } from "../contract/errors.ts";
import { unsupported } from "./unsupported.ts";

/** The valid values of a key of scheduler_config.json, and its default. */
export interface Field<T> {
  readonly initial: T;
  readonly wants: string;
  accepts(value: unknown): boolean;
  refuse(reason: string): StudioError;
}

/** More than any model was trained with; every run allocates tables of this length. */
const MAX_TIMESTEPS = 10_000;

/** Ten times more noise than any schedule in use has, and well within float32. */
export const MAX_SIGMA = 1e6;

/** The keys that are read, with the defaults that most diffusers classes share. */
export const FIELDS = {
  num_train_timesteps: whole(1000, 2),
  beta_schedule: word("linear", "scaled_linear", "squaredcos_cap_v2"),
  beta_start: field(0.0001, "a number between 0 and 1", isFraction),
  beta_end: field(0.02, "a number between 0 and 1", isFraction),
  trained_betas: field<readonly number[] | null>(
    null,
    "a list of numbers between 0 and 1",
    areBetas,
  ),
  rescale_betas_zero_snr: flag(false),
  prediction_type: word("epsilon", "v_prediction", "sample"),
  timestep_spacing: word("linspace", "leading", "trailing"),
  steps_offset: whole(0, 0),
  set_alpha_to_one: flag(true),
  clip_sample: flag(true),
  clip_sample_range: positive(1),
  thresholding: flag(false),
  sigma_min: positive(null),
  sigma_max: positive(null),
  final_sigmas_type: word("zero", "sigma_min"),
  lower_order_final: flag(true),
  euler_at_final: flag(false),
  lambda_min_clipped: field(
    -Infinity,
    "a number",
    (value) => isNumber(value) || value === -Infinity,
  ),
  use_karras_sigmas: flag(false),
  use_exponential_sigmas: flag(false),
  use_beta_sigmas: flag(false),
  use_lu_lambdas: flag(false),
  use_flow_sigmas: flag(false),
  interpolation_type: text("linear"),
  timestep_type: text("discrete"),
  skip_prk_steps: flag(false),
  algorithm_type: text("dpmsolver++"),
  solver_type: text("midpoint"),
  solver_order: whole(2, 1),
  predict_x0: flag(true),
  disable_corrector: field<readonly number[]>([], "a list of steps", areSteps),
  variance_type: text("fixed_small"),
  original_inference_steps: whole(50, 1),
  timestep_scaling: positive(10),
};

/** Every setting that a scheduler can read, by its name in scheduler_config.json. */
export type SchedulerSettings = {
  readonly [K in keyof typeof FIELDS]: (typeof FIELDS)[K]["initial"];
};

/** Fills in the defaults: a class's own, otherwise the common ones. */
export function completeSettings(
  settings: Partial<SchedulerSettings>,
  defaults: Partial<SchedulerSettings>,
): SchedulerSettings {
  const initials = Object.entries(FIELDS).map(([key, { initial }]) => [key, initial]);
  const common: SchedulerSettings = Object.fromEntries(initials);
  return { ...common, ...defaults, ...settings };
}

function field<T>(initial: T, wants: string, accepts: (value: unknown) => boolean): Field<T> {
  return { initial, wants, accepts, refuse: damaged };
}

function flag(initial: boolean): Field<boolean> {
  return field(initial, "true or false", (value) => typeof value === "boolean");
}

function text(initial: string): Field<string> {
  return field(initial, "a text", (value) => typeof value === "string");
}

function positive<T extends number | null>(initial: T): Field<T | number> {
  const [min, max] = [1e-6, MAX_SIGMA];
  const wants = `a number from ${min} to ${max}`;
  return field(initial, wants, (value) => isNumber(value) && value >= min && value <= max);
}

function whole(initial: number, min: number): Field<number> {
  const wants = `a whole number from ${min} to ${MAX_TIMESTEPS}`;
  return field(initial, wants, (value) => isWhole(value) && value >= min && value <= MAX_TIMESTEPS);
}

/** One of the values that we know; diffusers has more. */
function word<W extends string>(...words: readonly [W, ...W[]]): Field<W> {
  const accepts = (value: unknown): boolean => words.some((known) => known === value);
  return { initial: words[0], wants: `one of ${words.join(", ")}`, accepts, refuse: unsupported };
}

function areBetas(value: unknown): boolean {
  return Array.isArray(value) && value.length <= MAX_TIMESTEPS && value.every(isFraction);
}

function areSteps(value: unknown): boolean {
  return Array.isArray(value) && value.length <= MAX_TIMESTEPS && value.every(isWhole);
}

function isFraction(value: unknown): boolean {
  return isNumber(value) && value > 0 && value < 1;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

/** A CONFIG_INVALID refusal about the scheduler's config. */
export function damaged(reason: string): StudioError {
  return new StudioError("CONFIG_INVALID", { file: "scheduler/scheduler_config.json", reason });
}
