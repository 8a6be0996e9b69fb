import { expect } from "vitest";
import { FRESH, type SchedulerSteps } from "../../../engine/schedulers/scheduler.ts";
import type { NoiseGenerator } from "../../../engine/tensor/noise.ts";

/** Where a run starts. */
export interface Start {
  readonly index: number;
  readonly latents: Float32Array;
}

/** The latents at the start and after every step, with the references' formula instead of the UNet. */
export function trajectory(
  plan: SchedulerSteps,
  { index: first, latents: start }: Start,
  generator: NoiseGenerator,
): readonly Float32Array[] {
  const path = [start];
  let latents = start;
  let memory = FRESH;
  const noise = (): Float32Array => generator.normal(start.length);
  for (let index = first; index < plan.timesteps.length; index++) {
    const prediction = network(plan.scaleInput(latents, index), plan.timesteps[index]!);
    ({ latents, memory } = plan.step({ index, latents, prediction, memory, noise }));
    path.push(latents);
  }
  return path;
}

/** tanh(0.7 x + t/1500) + 0.1 * x reversed along the last axis, whose length is four. */
function network(x: Float32Array, timestep: number): Float32Array {
  return x.map((value, i) => Math.tanh(0.7 * value + timestep / 1500) + 0.1 * x[i ^ 3]!);
}

/**
 * Matches these timesteps. Between numpy's float32 logarithms and ours there is a difference of one unit in the last
 * place of a float32 above 512, or more if a timestep is computed from two of them.
 */
export function timestepsLike(numbers: readonly number[], within = 2 ** -14): unknown[] {
  return numbers.map((value) =>
    expect.toSatisfy((got: number) => Math.abs(got - value) <= within, `about ${value}`),
  );
}

/** The largest difference of each step over a run's latents, relative to the largest value there. */
export function relativeError(got: readonly Float32Array[], want: Float32Array): number {
  const size = want.length / got.length;
  const errors = got.map((latents, i) => {
    const expected = want.subarray(i * size, (i + 1) * size);
    const differences = expected.map((value, k) => value - latents[k]!);
    return largest(differences) / largest(expected);
  });
  return Math.max(...errors);
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
