import { expect, test } from "vitest";
import { z } from "zod";
import { SCHEDULER_NAMES } from "../../../engine/contract/schedulers.ts";
import { readSchedulerConfig } from "../../../engine/schedulers/config.ts";
import { planSteps } from "../../../engine/schedulers/plan-steps.ts";
import { createGenerator } from "../../../engine/tensor/noise.ts";
import { readGolden, readGoldenJson } from "../../golden/read-golden.ts";
import { relativeError, timestepsLike, trajectory } from "./cheap-run.ts";

const { configs, runs } = z
  .object({
    configs: z.record(z.string(), z.record(z.string(), z.unknown())),
    runs: z.array(
      z.object({
        key: z.string(),
        config: z.string(),
        scheduler: z.enum(SCHEDULER_NAMES).optional(),
        prediction_type: z.string(),
        steps: z.int(),
        start: z.int(),
        init_noise_sigma: z.number(),
        timesteps: z.array(z.number()),
      }),
    ),
  })
  .parse(readGoldenJson("schedulers/own.json"));
const latents = readGolden("schedulers/own.safetensors");

test.each(runs)("$key follows diffusers", ({ key, config, steps, start, ...run }) => {
  const json = { ...configs[config], prediction_type: run.prediction_type };
  const plan = planSteps(readSchedulerConfig(json), steps, run.scheduler);
  expect(plan.timesteps).toEqual(timestepsLike(run.timesteps, 1e-3));
  expect(plan.initialSigma / run.init_noise_sigma).toBeCloseTo(1, 6);

  const generator = createGenerator(7n);
  const [original, noise] = [generator.normal(32), generator.normal(32)];
  const first =
    start > 0
      ? plan.addNoise(original, noise, start)
      : noise.map((value) => value * plan.initialSigma);
  const path = trajectory(plan, { index: start, latents: first }, generator);
  expect(relativeError(path, latents.get(key)!)).toBeLessThan(1e-4);
});
