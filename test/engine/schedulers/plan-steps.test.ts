import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { StudioError } from "../../../engine/contract/errors.ts";
import { SCHEDULER_NAMES, type SchedulerName } from "../../../engine/contract/schedulers.ts";
import { readSchedulerConfig } from "../../../engine/schedulers/config.ts";
import { ownSchedulerName, planSteps } from "../../../engine/schedulers/plan-steps.ts";
import type { SchedulerPlan } from "../../../engine/schedulers/scheduler.ts";
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

describe("every scheduler over the configs of many models", () => {
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
    // Where the noise starts in the thousands, diffusers itself loses float32's last digits to it.
    const tolerance = Math.max(3e-6, made.initialSigma * 2 ** -24);
    expect(relativeError(path, latents.get(key)!)).toBeLessThan(tolerance);
  });
});

describe("a config that leaves the spacing of timesteps out", () => {
  const runs = z
    .array(referenceRun.extend({ num_inference_steps: z.int() }))
    .parse(readGoldenJson("tiny-sd2-v/expected/pictures.json"));
  const config = readGoldenJson("tiny-sd2-hub/snapshot/scheduler/scheduler_config.json");

  test.each(runs)("is spaced as the class of $key has it", (run) => {
    const made = planSteps(readSchedulerConfig(config), run.num_inference_steps, run.scheduler);
    expect(made.timesteps).toEqual(timestepsLike(run.timesteps));
  });

  test("differs from one that says it", () => {
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
  ])("%s with %j is %s", (className, settings, name) => {
    const config = readSchedulerConfig({ _class_name: className, ...settings });
    expect(ownSchedulerName(config)).toBe(name);
    expect(plan({ _class_name: className, ...settings }, 7).timesteps).toEqual(
      planSteps(config, 7, name).timesteps,
    );
  });

  test.each<[string, object]>([
    ["LMSDiscreteScheduler", {}],
    ["HeunDiscreteScheduler", {}],
    ["PNDMScheduler", {}],
    ["EulerDiscreteScheduler", { use_exponential_sigmas: true }],
    ["EulerDiscreteScheduler", { timestep_type: "continuous" }],
    ["DPMSolverMultistepScheduler", { algorithm_type: "sde-dpmsolver++" }],
    ["DPMSolverMultistepScheduler", { solver_order: 3 }],
  ])("%s with %j is refused, but serves for another one", (className, settings) => {
    const json = { ...SD2, _class_name: className, ...settings };
    expect(() => plan(json, 20)).toThrow(
      `The scheduler cannot do this: the model's own, ${className} as its config has it, ` +
        "is none of ddim, pndm, euler, euler-karras, euler-ancestral, dpm++2m, dpm++2m-karras.",
    );
    for (const name of SCHEDULER_NAMES) {
      expect(plan(json, 20, name).timesteps).toEqual(plan(SD2, 20, name).timesteps);
    }
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
    ["ddim", 9, NOISE_ALONE, "only a v_prediction leads to a picture"],
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

test("only the ancestral scheduler draws noise", () => {
  const drawing = SCHEDULER_NAMES.filter((name) => {
    const made = plan(SD2, 5, name);
    const latents = new Float32Array(4);
    const noise = vi.fn<() => Float32Array>(() => latents);
    made.step({ index: 0, latents, prediction: latents, memory: made.start, noise });
    return noise.mock.calls.length > 0;
  });
  expect(drawing).toEqual(["euler-ancestral"]);
});

test("any number of steps with any spacing descends to finite latents", () => {
  const settings = fc.record({
    name: fc.constantFrom(...SCHEDULER_NAMES),
    steps: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1000 })),
    timestep_spacing: fc.constantFrom("linspace", "leading", "trailing"),
    prediction_type: fc.constantFrom("epsilon", "v_prediction"),
    steps_offset: fc.constantFrom(0, 1, 999),
    final_sigmas_type: fc.constantFrom("zero", "sigma_min"),
    lower_order_final: fc.boolean(),
    strength: fc.double({ min: 0.001, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(settings, ({ name, steps, strength, ...json }) => {
      const made = plan({ ...SD2, ...json }, steps, name);
      const repeats = name === "pndm" && steps > 1 ? 1 : 0;
      expect(made.timesteps).toHaveLength(steps + repeats);
      expect(made.timesteps).toEqual(made.timesteps.toSorted((a, b) => b - a));

      const index = steps - Math.ceil(steps * strength);
      const generator = createGenerator(1n);
      const [original, noise] = [generator.normal(4), generator.normal(4)];
      const latents = made.addNoise(original, noise, index);
      const path = trajectory(made, { index, latents }, generator);
      expect(path.every((step) => step.every(Number.isFinite))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test("a stranger's config gives a sound plan or a named refusal", () => {
  const wild = fc.oneof(fc.double(), fc.integer(), fc.jsonValue({ maxDepth: 1 }));
  const mostly = (sane: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 20, arbitrary: sane }, { weight: 1, arbitrary: wild });
  const within = (min: number, max: number): fc.Arbitrary<unknown> =>
    mostly(
      fc.integer({ min: min * 1000, max: max * 1000 }).map((thousandths) => thousandths / 1000),
    );
  const schedules = ["linear", "scaled_linear", "squaredcos_cap_v2"];
  const json = fc.record(
    {
      _class_name: fc.constantFrom("DDIMScheduler", "EulerDiscreteScheduler"),
      num_train_timesteps: mostly(fc.integer({ min: 2, max: 200 })),
      beta_start: within(0, 0.2),
      beta_end: within(0, 0.2),
      beta_schedule: mostly(fc.constantFrom(...schedules)),
      trained_betas: mostly(fc.constant(null)),
      prediction_type: mostly(fc.constantFrom("epsilon", "v_prediction")),
      timestep_spacing: mostly(fc.constantFrom("linspace", "leading", "trailing")),
      steps_offset: mostly(fc.nat(300)),
      sigma_min: within(0, 1),
      sigma_max: within(0, 100),
      lambda_min_clipped: within(-20, 2),
      rescale_betas_zero_snr: mostly(fc.boolean()),
    },
    { requiredKeys: ["_class_name", "num_train_timesteps"] },
  );
  let sound = 0;
  fc.assert(
    fc.property(json, fc.constantFrom(...SCHEDULER_NAMES), fc.nat(40), (config, name, steps) => {
      const made = refusalOr(() => plan(config, steps, name));
      if (made instanceof StudioError) return;
      sound += 1;
      expect(made.timesteps.every((timestep) => timestep >= 0 && timestep < 1000)).toBe(true);
      expect(made.initialSigma).toBeGreaterThan(0);
      const latents = made.addNoise(new Float32Array(4), new Float32Array(4).fill(1), 0);
      const path = trajectory(made, { index: 0, latents }, createGenerator(1n));
      expect(path.every((step) => step.every(Number.isFinite))).toBe(true);
    }),
    { numRuns: 500 },
  );
  expect(sound).toBeGreaterThan(50);
});

function refusalOr<T>(make: () => T): T | StudioError {
  try {
    return make();
  } catch (error) {
    if (error instanceof StudioError) return error;
    throw error;
  }
}
