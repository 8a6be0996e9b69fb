import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { StudioError } from "../../../engine/contract/errors.ts";
import { SCHEDULER_NAMES, type SchedulerName } from "../../../engine/contract/schedulers.ts";
import { readSchedulerConfig } from "../../../engine/schedulers/config.ts";
import { ownSchedulerName, planSteps } from "../../../engine/schedulers/plan-steps.ts";
import { FRESH, type SchedulerPlan } from "../../../engine/schedulers/scheduler.ts";
import { CLASSES } from "../../../engine/schedulers/schedulers.ts";
import { createGenerator } from "../../../engine/tensor/noise.ts";
import { readGolden, readGoldenJson } from "../../golden/read-golden.ts";
import { relativeError, timestepsLike, trajectory } from "./cheap-run.ts";

const SD2 = {
  _class_name: "DDIMScheduler",
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: "scaled_linear",
  prediction_type: "v_prediction",
  steps_offset: 1,
  set_alpha_to_one: false,
};

function plan(json: object, steps: number, name?: SchedulerName): SchedulerPlan {
  return planSteps(readSchedulerConfig(json), steps, name);
}

const referenceRun = z.object({
  key: z.string(),
  scheduler: z.enum(SCHEDULER_NAMES),
  timesteps: z.array(z.number()),
});

describe("every scheduler with the configs of many models", () => {
  const { configs, runs } = z
    .object({
      configs: z.record(z.string(), z.record(z.string(), z.unknown())),
      runs: z.array(
        referenceRun.extend({
          config: z.string(),
          steps: z.int(),
          start: z.int(),
          init_noise_sigma: z.number(),
        }),
      ),
    })
    .parse(readGoldenJson("schedulers/variants.json"));
  const latents = readGolden("schedulers/variants.safetensors");

  test.each(runs)("$key", ({ key, config, scheduler, steps, start, ...want }) => {
    const made = plan(configs[config]!, steps, scheduler);
    expect(made.timesteps).toEqual(timestepsLike(want.timesteps));
    expect(made.initialSigma / want.init_noise_sigma).toBeCloseTo(1, 6);

    const generator = createGenerator(7n);
    const [original, noise] = [generator.normal(32), generator.normal(32)];
    const first =
      start > 0
        ? made.addNoise(original, noise, start)
        : noise.map((value) => value * made.initialSigma);
    const path = trajectory(made, { index: start, latents: first }, generator);
    // If the noise starts in the thousands, diffusers itself loses float32's last digits.
    const tolerance = Math.max(3e-6, made.initialSigma * 2 ** -24);
    expect(relativeError(path, latents.get(key)!)).toBeLessThan(tolerance);
  });
});

describe("a config without the spacing of timesteps", () => {
  const runs = z
    .array(referenceRun.extend({ num_inference_steps: z.int() }))
    .parse(readGoldenJson("tiny-sd2-v/expected/pictures.json"));
  const config = readGoldenJson("tiny-sd2-hub/snapshot/scheduler/scheduler_config.json");

  test.each(runs)("has the spacing of $key's class", (run) => {
    const made = planSteps(readSchedulerConfig(config), run.num_inference_steps, run.scheduler);
    expect(made.timesteps).toEqual(timestepsLike(run.timesteps));
  });

  test("differs from one that states it", () => {
    expect(plan(SD2, 4, "euler").timesteps).toEqual([999, 666, 333, 0]);
    const says = { ...SD2, timestep_spacing: "leading" };
    expect(plan(says, 4, "euler").timesteps).toEqual([751, 501, 251, 1]);
  });
});

describe("the model's own scheduler", () => {
  const KARRAS = { use_karras_sigmas: true };
  test.each<[string, object, SchedulerName]>([
    ["DDIMScheduler", {}, "ddim"],
    ["PNDMScheduler", { skip_prk_steps: true }, "pndm"],
    ["EulerDiscreteScheduler", {}, "euler"],
    ["EulerDiscreteScheduler", KARRAS, "euler-karras"],
    ["EulerAncestralDiscreteScheduler", {}, "euler-ancestral"],
    ["DPMSolverMultistepScheduler", { algorithm_type: "dpmsolver++" }, "dpm++2m"],
    ["DPMSolverMultistepScheduler", KARRAS, "dpm++2m-karras"],
    ["DPMSolverMultistepScheduler", { algorithm_type: "sde-dpmsolver++" }, "dpm++2m-sde"],
    ["DPMSolverSinglestepScheduler", {}, "dpm++sde"],
    ["DPMSolverSinglestepScheduler", KARRAS, "dpm++sde-karras"],
    ["HeunDiscreteScheduler", {}, "heun"],
    ["LMSDiscreteScheduler", KARRAS, "lms-karras"],
    ["DEISMultistepScheduler", {}, "deis"],
    ["DDPMScheduler", {}, "ddpm"],
    ["LCMScheduler", {}, "lcm"],
    ["TCDScheduler", {}, "tcd"],
    ["KDPM2DiscreteScheduler", {}, "kdpm2"],
    ["KDPM2AncestralDiscreteScheduler", KARRAS, "kdpm2-ancestral-karras"],
    ["UniPCMultistepScheduler", {}, "unipc"],
    ["UniPCMultistepScheduler", KARRAS, "unipc-karras"],
  ])("%s with %j is %s", (className, settings, name) => {
    const config = readSchedulerConfig({ _class_name: className, ...settings });
    expect(ownSchedulerName(config)).toBe(name);
    expect(plan({ _class_name: className, ...settings }, 7).timesteps).toEqual(
      planSteps(config, 7, name).timesteps,
    );
  });

  test.each<[string, object]>([
    ["PNDMScheduler", {}],
    ["EulerDiscreteScheduler", { use_exponential_sigmas: true }],
    ["EulerDiscreteScheduler", { timestep_type: "continuous" }],
    ["DPMSolverMultistepScheduler", { algorithm_type: "sde-dpmsolver++", solver_type: "heun" }],
    ["DPMSolverMultistepScheduler", { solver_order: 3 }],
    ["UniPCMultistepScheduler", { solver_order: 3 }],
  ])(
    "%s with %j has no name, is used nevertheless, and can replace another one",
    (className, settings) => {
      const json = { ...SD2, _class_name: className, ...settings };
      expect(ownSchedulerName(readSchedulerConfig(json))).toBeUndefined();
      expect(plan(json, 20).timesteps.length).toBeGreaterThanOrEqual(20);
      for (const name of SCHEDULER_NAMES) {
        expect(plan(json, 20, name).timesteps).toEqual(plan(SD2, 20, name).timesteps);
      }
    },
  );

  test.each([
    ["DPMSolverSDEScheduler", "its noise does not follow the seed"],
    ["CMStochasticIterativeScheduler", "it is none of DDIMScheduler, PNDMScheduler, Euler"],
  ])("%s is refused with its reason, but can replace another one", (className, reason) => {
    const json = { ...SD2, _class_name: className };
    expect(ownSchedulerName(readSchedulerConfig(json))).toBeUndefined();
    expect(() => plan(json, 20)).toThrow(
      expect.objectContaining({
        code: "SCHEDULER_UNSUPPORTED",
        message: expect.stringContaining(`the model's own is ${className}, and ${reason}`),
      }),
    );
    expect(plan(json, 20, "euler").timesteps).toEqual(plan(SD2, 20, "euler").timesteps);
  });

  /**
   * diffusers' from_config makes the same class from the file again, without what StableDiffusionPipeline sets on the
   * model's own scheduler; leading spacing then starts one timestep lower.
   */
  test("requested by name, it is used as the model's own, with what the pipeline sets", () => {
    const outdated = { ...SD2, steps_offset: 0, clip_sample: true };
    const own = plan(outdated, 4);
    const named = plan(outdated, 4, "ddim");
    expect(own.timesteps).toEqual([751, 501, 251, 1]);
    expect(named.timesteps).toEqual(own.timesteps);
    const start = { index: 0, latents: Float32Array.of(3, -4, 5, -6) };
    const generator = createGenerator(1n);
    expect(trajectory(named, start, generator)).toEqual(trajectory(own, start, generator));
  });
});

describe("a model's own form is refused", () => {
  test.each<[string, object, string]>([
    ["PNDMScheduler", {}, "its Runge-Kutta start takes 4 steps, not 3"],
    ["EulerDiscreteScheduler", { interpolation_type: "cubic" }, "not one of linear, log_linear"],
    ["EulerDiscreteScheduler", { timestep_type: "constructor" }, "not one of discrete, continuous"],
    [
      "EulerDiscreteScheduler",
      { use_karras_sigmas: true, use_beta_sigmas: true },
      "use_karras_sigmas and use_beta_sigmas at once",
    ],
    [
      "DPMSolverMultistepScheduler",
      { algorithm_type: "dpm" },
      'its algorithm_type is "dpm", not one',
    ],
    ["DPMSolverMultistepScheduler", { algorithm_type: "dpmsolver" }, "cannot end without noise"],
    ["DPMSolverMultistepScheduler", { use_flow_sigmas: true }, "models of flow matching"],
    [
      "DPMSolverMultistepScheduler",
      { solver_order: 4 },
      "its solver_order is 4, and 3 is the highest",
    ],
    [
      "DPMSolverMultistepScheduler",
      { algorithm_type: "sde-dpmsolver", final_sigmas_type: "sigma_min", solver_order: 3 },
      "sde-dpmsolver has no third order",
    ],
    [
      "DPMSolverSinglestepScheduler",
      { algorithm_type: "sde-dpmsolver", final_sigmas_type: "sigma_min" },
      "singlestep sde-dpmsolver does not exist",
    ],
    ["DEISMultistepScheduler", { algorithm_type: "sde-dpmsolver++" }, "not one of deis, dpmsolver"],
    ["UniPCMultistepScheduler", { solver_type: "bh3" }, "not one of bh1, bh2"],
    ["UniPCMultistepScheduler", { solver_order: 9 }, "its solver_order is 9"],
  ])("%s with %j", (className, settings, reason) => {
    expect(() => plan({ ...SD2, _class_name: className, ...settings }, 3)).toThrow(
      expect.objectContaining({
        code: "SCHEDULER_UNSUPPORTED",
        message: expect.stringContaining(reason),
      }),
    );
  });
});

describe("refuses", () => {
  const ZERO_SNR = { rescale_betas_zero_snr: true, timestep_spacing: "trailing" };
  const NOISE_ALONE = { ...ZERO_SNR, prediction_type: "epsilon" };
  test.each<[SchedulerName, number, object, string]>([
    ["ddim", 0, {}, "0 steps is not a number from 1 to 1000"],
    ["euler", 1.5, {}, "1.5 steps is not a number from 1 to 1000"],
    ["pndm", 1001, { num_train_timesteps: 2000 }, "1001 steps is not a number from 1 to 1000"],
    ["dpm++2m", 51, { num_train_timesteps: 50 }, "51 steps is not a number from 1 to 50"],
    ["ddim", 9, { thresholding: true }, "thresholding is for pixels"],
    ["dpm++2m", 9, { thresholding: true }, "thresholding is for pixels"],
    ["ddim", 9, NOISE_ALONE, "epsilon leads to no picture"],
    ["ddpm", 9, NOISE_ALONE, "epsilon leads to no picture"],
    ["pndm", 9, { prediction_type: "sample" }, "takes no predictions of the picture itself"],
    ["kdpm2", 9, { prediction_type: "sample" }, "takes no predictions of the picture itself"],
    ["unipc", 9, { thresholding: true }, "thresholding is for pixels"],
    ["unipc", 9, { predict_x0: false }, "cannot end without noise"],
    [
      "lcm",
      51,
      {},
      "of the 50 steps it was distilled to (original_inference_steps) it cannot take 51",
    ],
    [
      "ddpm",
      9,
      { variance_type: "learned" },
      'its variance_type is "learned", not one of fixed_small',
    ],
    ["euler-karras", 9, { sigma_min: 3, sigma_max: 2 }, "from sigma 2 to 3"],
    ["dpm++2m", 9, { lambda_min_clipped: 99 }, "leaves 0 of its timesteps"],
    ["pndm", 9, { beta_start: 1e-9 }, "do not add noise at every timestep"],
    ["euler", 9, { beta_end: 0.999 }, "leave nothing else"],
  ])("%s in %d steps with %j", (name, steps, settings, reason) => {
    expect(() => plan({ ...SD2, ...settings }, steps, name)).toThrow(
      expect.objectContaining({
        code: "SCHEDULER_UNSUPPORTED",
        message: expect.stringContaining(reason),
      }),
    );
  });
});

test("draws noise at the steps where diffusers does", () => {
  const draws = SCHEDULER_NAMES.map((name): [SchedulerName, string] => {
    const made = plan(SD2, 3, name);
    const noise = vi.fn<() => Float32Array>(() => new Float32Array(4));
    let memory = FRESH;
    const counts = made.timesteps.map((_, index) => {
      const latents = new Float32Array(4);
      ({ memory } = made.step({ index, latents, prediction: latents, memory, noise }));
      return noise.mock.calls.splice(0).length;
    });
    return [name, counts.join("")];
  });
  expect(draws.filter(([, counts]) => Number(counts) > 0)).toEqual([
    ["euler-ancestral", "111"],
    ["dpm++2m-sde", "111"],
    ["dpm++2m-sde-karras", "111"],
    ["ddpm", "111"],
    ["lcm", "110"],
    ["kdpm2-ancestral", "01010"],
    ["kdpm2-ancestral-karras", "01010"],
  ]);
});

/** Whether timesteps fall; whole numbers mixed with the points halfway between them may rise by a half. */
function falls({ timesteps }: SchedulerPlan): boolean {
  return timesteps.every((timestep, i) => i === 0 || timestep <= timesteps[i - 1]! + 0.5);
}

test("any number of steps with any spacing descends to finite latents", () => {
  const settings = fc.record({
    name: fc.constantFrom(...SCHEDULER_NAMES),
    steps: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1000 })),
    timestep_spacing: fc.constantFrom("linspace", "leading", "trailing"),
    prediction_type: fc.constantFrom("epsilon", "v_prediction"),
    steps_offset: fc.constantFrom(0, 1, 999),
    final_sigmas_type: fc.constantFrom("zero", "sigma_min"),
    lower_order_final: fc.constant(true),
    original_inference_steps: fc.constant(1000),
    strength: fc.double({ min: 0.001, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(settings, ({ name, steps, strength, ...json }) => {
      const made = plan({ ...SD2, ...json }, steps, name);
      const repeats = name === "pndm" && steps > 1 ? 1 : 0;
      expect(made.timesteps).toHaveLength(made.order === 1 ? steps + repeats : 2 * steps - 1);
      expect(falls(made)).toBe(true);

      const index = (steps - Math.ceil(steps * strength)) * made.order;
      const generator = createGenerator(1n);
      const [original, noise] = [generator.normal(4), generator.normal(4)];
      const latents = made.addNoise(original, noise, index);
      const path = trajectory(made, { index, latents }, generator);
      expect(path.every((step) => step.every(Number.isFinite))).toBe(true);
    }),
    { numRuns: 400 },
  );
});

// The first two timesteps, 1000 and 999, have one sigma: diffusers divides by their distance.
test("lms draws as many steps as there are trained timesteps", () => {
  const made = plan({ ...SD2, timestep_spacing: "leading" }, 1000, "lms");
  expect(made.timesteps.slice(0, 2)).toEqual([1000, 999]);
  const generator = createGenerator(1n);
  const latents = made.addNoise(generator.normal(4), generator.normal(4), 0);
  const path = trajectory(made, { index: 0, latents }, generator);
  expect(path.every((step) => step.every(Number.isFinite))).toBe(true);
});

const REFUSALS: ReadonlySet<string> = new Set(["CONFIG_INVALID", "SCHEDULER_UNSUPPORTED"]);

test("any config gives a valid plan or a named refusal", () => {
  const wild = fc.oneof(fc.double(), fc.integer(), fc.jsonValue({ maxDepth: 1 }));
  const mostly = (sane: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 40, arbitrary: sane }, { weight: 1, arbitrary: wild });
  const within = (min: number, max: number): fc.Arbitrary<unknown> =>
    mostly(
      fc.integer({ min: min * 1000, max: max * 1000 }).map((thousandths) => thousandths / 1000),
    );
  const oneOf = (...words: readonly string[]): fc.Arbitrary<unknown> =>
    mostly(fc.constantFrom(...words));
  const flag = mostly(fc.boolean());
  const seldom = mostly(fc.nat(9).map((chance) => chance === 0));
  const json = fc.record(
    {
      _class_name: fc.constantFrom(...CLASSES.keys()),
      num_train_timesteps: mostly(fc.integer({ min: 2, max: 1000 })),
      beta_start: within(0, 0.02),
      beta_end: within(0, 0.2),
      beta_schedule: oneOf("linear", "scaled_linear", "squaredcos_cap_v2"),
      trained_betas: mostly(fc.constant(null)),
      prediction_type: oneOf("epsilon", "v_prediction", "sample"),
      timestep_spacing: oneOf("linspace", "leading", "trailing"),
      steps_offset: mostly(fc.nat(300)),
      set_alpha_to_one: flag,
      sigma_min: within(0, 1),
      sigma_max: within(0, 100),
      final_sigmas_type: oneOf("zero", "sigma_min"),
      lambda_min_clipped: within(-20, 2),
      rescale_betas_zero_snr: flag,
      use_karras_sigmas: seldom,
      use_exponential_sigmas: seldom,
      use_beta_sigmas: seldom,
      use_lu_lambdas: seldom,
      interpolation_type: oneOf("linear", "log_linear"),
      timestep_type: oneOf("discrete", "continuous"),
      skip_prk_steps: flag,
      algorithm_type: oneOf("dpmsolver", "dpmsolver++", "sde-dpmsolver", "sde-dpmsolver++"),
      solver_type: oneOf("midpoint", "heun", "bh1", "bh2"),
      solver_order: mostly(fc.integer({ min: 1, max: 4 })),
      lower_order_final: flag,
      euler_at_final: flag,
      predict_x0: flag,
      disable_corrector: mostly(fc.array(fc.nat(5), { maxLength: 3 })),
      variance_type: oneOf("fixed_small", "fixed_small_log", "fixed_large", "learned"),
      original_inference_steps: mostly(fc.integer({ min: 1, max: 1000 })),
      timestep_scaling: within(0, 20),
    },
    { requiredKeys: ["_class_name"] },
  );
  const steps = fc.oneof(fc.nat(40), fc.integer({ min: 1, max: 1000 }));
  const name = fc.option(fc.constantFrom(...SCHEDULER_NAMES), { nil: undefined });
  let sound = 0;
  fc.assert(
    fc.property(json, name, steps, (config, scheduler, count) => {
      const made = refusalOr(() => plan(config, count, scheduler));
      if (made instanceof StudioError) return REFUSALS.has(made.code);
      sound++;
      expect(made.timesteps.every(Number.isFinite)).toBe(true);
      expect(falls(made)).toBe(true);
      const generator = createGenerator(1n);
      const start = generator.normal(4).map((value) => value * made.initialSigma);
      const path = trajectory(made, { index: 0, latents: start }, generator);
      return path.every((latents) => latents.every(Number.isFinite));
    }),
    { numRuns: 500 },
  );
  expect(sound).toBeGreaterThan(50);
});

test("noise that would not decrease is refused by name", () => {
  const flat = { ...SD2, sigma_min: 0.008, sigma_max: 0.008 };
  expect(refusalOr(() => plan(flat, 2, "lms-karras"))).toMatchObject({
    code: "SCHEDULER_UNSUPPORTED",
  });
});

function refusalOr<T>(make: () => T): T | StudioError {
  try {
    return make();
  } catch (error) {
    if (error instanceof StudioError) return error;
    throw error;
  }
}

/** A perfect network's prediction: of latents in their own units, with these amounts of picture and noise. */
const PERFECT: Readonly<Record<string, (signal: number, spread: number) => readonly number[]>> = {
  epsilon: () => [0, 1],
  v_prediction: (signal, spread) => [-spread, signal],
};

test.each(
  SCHEDULER_NAMES.flatMap((name) =>
    Object.keys(PERFECT).map((prediction_type) => ({ name, prediction_type })),
  ),
)("the picture that $name finds with $prediction_type is the right one", (given) => {
  const { name, prediction_type } = given;
  const made = plan({ ...SD2, prediction_type }, 8, name);
  const generator = createGenerator(3n);
  const [original, noise] = [generator.normal(32), generator.normal(32)];
  for (const index of made.timesteps.keys()) {
    const [signal = 0] = made.addNoise(Float32Array.of(1), Float32Array.of(0), index);
    const [spread = 0] = made.addNoise(Float32Array.of(0), Float32Array.of(1), index);
    const size = Math.hypot(signal, spread);
    const [ofPicture = 0, ofNoise = 0] = PERFECT[prediction_type]!(signal / size, spread / size);
    const prediction = original.map((value, i) => ofPicture * value + ofNoise * noise[i]!);
    const latents = made.addNoise(original, noise, index);
    const picture = made.picture({ index, latents, prediction });
    expect(relativeError([picture], original)).toBeLessThan(1e-3);
  }
});
