import { expect, test } from "vitest";
import { z } from "zod";
import { SCHEDULER_NAMES } from "../../../engine/contract/schedulers.ts";
import { readSchedulerConfig } from "../../../engine/schedulers/config.ts";
import { SCHEDULERS } from "../../../engine/schedulers/schedulers.ts";
import { completeSettings } from "../../../engine/schedulers/settings.ts";
import { createGenerator } from "../../../engine/tensor/noise.ts";
import { readGolden, readGoldenJson } from "../../golden/read-golden.ts";
import { relativeError, timestepsLike, trajectory } from "./cheap-run.ts";

const { runs } = z
  .object({
    runs: z.array(
      z.object({
        key: z.string(),
        scheduler: z.string(),
        config: z.record(z.string(), z.unknown()),
        steps: z.int(),
        init_noise_sigma: z.number(),
        timesteps: z.array(z.number()),
      }),
    ),
  })
  .parse(readGoldenJson("schedulers/trajectories.json"));
const latents = readGolden("schedulers/trajectories.safetensors");

/** The reference's `ddim-trailing` is our ddim with other settings; the longest matching name is used. */
function named(reference: string): (typeof SCHEDULERS)["ddim"] {
  const fitting = SCHEDULER_NAMES.filter((name) => reference.startsWith(name));
  return SCHEDULERS[fitting.toSorted((a, b) => b.length - a.length)[0]!];
}

test.each(runs)("$key follows diffusers", ({ key, scheduler: reference, ...run }) => {
  const { scheduler, fixed } = named(reference);
  const config = readSchedulerConfig({ ...run.config, _class_name: scheduler.className });
  const settings = {
    ...completeSettings(config.settings, scheduler.defaults),
    ...fixed,
    ...scheduler.lacks,
  };
  const plan = scheduler.plan(settings, run.steps);

  expect(plan.initialSigma).toBe(run.init_noise_sigma);
  expect(plan.timesteps).toEqual(timestepsLike(run.timesteps));
  const generator = createGenerator(5n);
  const start = generator.normal(64).map((value) => value * plan.initialSigma);
  const path = trajectory(plan, { index: 0, latents: start }, generator);
  expect(relativeError(path, latents.get(key)!)).toBeLessThan(3e-6);
});
