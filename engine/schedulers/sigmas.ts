import { curveOf, exponential, karras, type Curve } from "./curves.ts";
import type { SchedulerSettings } from "./settings.ts";
import { roundHalfEven, spaceTimesteps } from "./timesteps.ts";
import { unsupported } from "./unsupported.ts";

/** A timestep and its noise: the noise's standard deviation over the signal's. */
export interface Level {
  readonly timestep: number;
  readonly sigma: number;
}

/** The levels at spaced timesteps, rounded to float32 only. */
export function spacedLevels(
  settings: SchedulerSettings,
  steps: number,
  trained: Float32Array,
): Level[] {
  const span = { trained: trained.length, steps, offset: settings.steps_offset };
  return levelsAt(spaceTimesteps(settings.timestep_spacing, span).map(Math.fround), trained);
}

/** The levels of the methods over sigma: the ones given, or `steps` levels on a curve between their ends. */
export function curvedLevels(
  settings: SchedulerSettings,
  trained: Float32Array,
  given: readonly Level[],
  steps: number,
): readonly Level[] {
  const curve = curveOf(settings);
  if (curve === undefined) return given;
  return levelsOn(curve, boundsOf(settings, given[0]!.sigma, given.at(-1)!.sigma), steps, trained);
}

/**
 * The levels of the DPM-Solver family: at whole timesteps, spaced for one step more than is used, since the last step
 * continues the one before it; or on a curve over the whole trained range.
 */
export function solverLevels(
  settings: SchedulerSettings,
  steps: number,
  trained: Float32Array,
  roundKarras = roundHalfEven,
): { levels: readonly Level[]; isCurved: boolean } {
  const curve = curveOf(settings);
  const ends = [trained.at(-1)!, trained[0]!] as const;
  const whole = (on: readonly Level[], round: (timestep: number) => number) => ({
    levels: on.map(({ timestep, sigma }) => ({ timestep: round(timestep), sigma })),
    isCurved: true,
  });
  if (settings.use_lu_lambdas && curve !== karras) {
    // Evenly spaced in lambda, as in arXiv 2206.00927, and so in the logarithm of sigma: in float32.
    const [from, to] = ends.map((sigma) => Math.exp(Math.fround(Math.log(sigma))));
    return whole(levelsOn(exponential, [from!, to!], steps, trained), roundKarras);
  }
  if (curve === undefined) return { levels: usedLevels(settings, steps, trained), isCurved: false };
  const levels = levelsOn(curve, boundsOf(settings, ...ends), steps, trained);
  return whole(levels, curve === karras ? roundKarras : Math.trunc);
}

function usedLevels(settings: SchedulerSettings, steps: number, trained: Float32Array): Level[] {
  const { timestep_spacing: spacing, steps_offset: offset, lambda_min_clipped } = settings;
  const usable = trained.filter((sigma) => -Math.log(sigma) >= lambda_min_clipped).length;
  if (usable < steps) throw unsupported(`lambda_min_clipped leaves ${usable} of its timesteps`);
  const span = { trained: usable, steps: spacing === "trailing" ? steps : steps + 1, offset };
  const timesteps = spaceTimesteps(spacing, span).slice(0, steps).map(roundHalfEven);
  return levelsAt(timesteps, trained);
}

/** The ends of a curve: from the settings if they name them, otherwise the ones given. */
function boundsOf(
  settings: SchedulerSettings,
  largest: number,
  smallest: number,
): readonly [number, number] {
  const from = settings.sigma_max ?? largest;
  const to = settings.sigma_min ?? smallest;
  refuseRise(from, to);
  return [from, to];
}

function refuseRise(from: number, to: number): void {
  if (to > from) throw unsupported(`its noise would rise, from sigma ${from} to ${to}`);
}

/** Refuses two steps at the same level in float32: multistep methods divide by the distance. */
function refuseRest(sigmas: readonly number[]): void {
  const still = sigmas.find(
    (sigma, i) => i > 0 && Math.fround(sigma) === Math.fround(sigmas[i - 1]!),
  );
  if (still !== undefined) throw unsupported(`its noise would stay at sigma ${still}`);
}

/** The levels at these timesteps, linearly interpolated between trained sigmas and constant outside them. */
function levelsAt(timesteps: readonly number[], trained: Float32Array): Level[] {
  return timesteps.map((timestep) => ({ timestep, sigma: interpolate(trained, timestep) }));
}

function levelsOn(
  curve: Curve,
  [from, to]: readonly [number, number],
  steps: number,
  trained: Float32Array,
): Level[] {
  const gap = steps > 1 ? 1 / (steps - 1) : 0;
  const timestepAt = timestepLookup(trained);
  const sigmas = Array.from({ length: steps }, (_, i) => curve(i * gap, from, to));
  refuseRest(sigmas);
  return sigmas.map((sigma) => ({ timestep: timestepAt(sigma), sigma }));
}

/** The levels' sigmas with the one that the last step leads to: none, or the least that was trained. */
export function sigmaPath(
  levels: readonly Level[],
  trained: Float32Array,
  end: SchedulerSettings["final_sigmas_type"],
): Float32Array {
  const last = end === "zero" ? 0 : trained[0]!;
  refuseRise(Math.fround(levels.at(-1)!.sigma), last);
  return Float32Array.of(...levels.map(({ sigma }) => sigma), last);
}

function interpolate(table: Float32Array, position: number): number {
  const low = Math.floor(position);
  if (low >= table.length - 1) return table.at(-1)!;
  return (table[low + 1]! - table[low]!) * (position - low) + table[low]!;
}

/** The timestep of any sigma, by straight lines through the logarithms of the trained ones. */
export function timestepLookup(trained: Float32Array): (sigma: number) => number {
  const logs = trained.map(Math.log);
  return (sigma) => {
    const log = Math.log(Math.max(sigma, 1e-10)); // _sigma_to_t
    const low = Math.min(Math.max(lastAtMost(logs, log), 0), logs.length - 2);
    const [start, end] = [logs[low]!, logs[low + 1]!];
    const part = (start - log) / Math.fround(start - end);
    return low + Math.min(Math.max(part, 0), 1);
  };
}

/** Index of the last entry of a rising table that is not above `value`, or -1. */
function lastAtMost(table: Float32Array, value: number): number {
  let [low, high] = [-1, table.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (table[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}
