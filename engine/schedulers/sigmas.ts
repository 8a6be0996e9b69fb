import type { SchedulerSettings } from "./settings.ts";
import { spaceTimesteps } from "./timesteps.ts";
import { unsupported } from "./unsupported.ts";

/** A timestep and the noise there: its standard deviation over the signal's. */
export interface Level {
  readonly timestep: number;
  readonly sigma: number;
}

/** The levels of the Euler methods: spaced timesteps, not rounded but to float32. */
export function spacedLevels(
  settings: SchedulerSettings,
  steps: number,
  trained: Float32Array,
): Level[] {
  const span = { trained: trained.length, steps, offset: settings.steps_offset };
  return levelsAt(spaceTimesteps(settings.timestep_spacing, span).map(Math.fround), trained);
}

/** The levels at these timesteps, by straight lines through the trained sigmas, constant beyond them. */
export function levelsAt(timesteps: readonly number[], trained: Float32Array): Level[] {
  return timesteps.map((timestep) => ({ timestep, sigma: interpolate(trained, timestep) }));
}

/** `steps` falling levels from one sigma to another by equation 5 of arXiv 2206.00364. */
export function karrasLevels(
  [from, to]: readonly [number, number],
  steps: number,
  trained: Float32Array,
): Level[] {
  const rho = 7; // the paper's choice
  const [high, low] = [from ** (1 / rho), to ** (1 / rho)];
  const gap = steps > 1 ? 1 / (steps - 1) : 0;
  const logs = trained.map(Math.log);
  return Array.from({ length: steps }, (_, i) => {
    const sigma = (high + i * gap * (low - high)) ** rho;
    return { timestep: timestepOf(sigma, logs), sigma };
  });
}

/** From where to where the Karras levels fall: the settings' own bounds, else those given. */
export function karrasBounds(
  settings: SchedulerSettings,
  largest: number,
  smallest: number,
): [number, number] {
  const from = settings.sigma_max ?? largest;
  const to = settings.sigma_min ?? smallest;
  if (to > from) throw unsupported(`its noise would rise, from sigma ${from} to ${to}`);
  return [from, to];
}

/** The levels' sigmas with the one that the last step leads to: none, or the least that was trained. */
export function sigmaPath(
  levels: readonly Level[],
  trained: Float32Array,
  end: SchedulerSettings["final_sigmas_type"],
): Float32Array {
  return Float32Array.of(...levels.map(({ sigma }) => sigma), end === "zero" ? 0 : trained[0]!);
}

function interpolate(table: Float32Array, position: number): number {
  const low = Math.floor(position);
  if (low >= table.length - 1) return table.at(-1)!;
  return (table[low + 1]! - table[low]!) * (position - low) + table[low]!;
}

/** The timestep whose sigma this is, by straight lines through the logarithms. */
function timestepOf(sigma: number, logs: Float32Array): number {
  const log = Math.log(sigma);
  const below = logs.findLastIndex((entry) => entry <= log);
  const low = Math.min(Math.max(below, 0), logs.length - 2);
  const [start, end] = [logs[low]!, logs[low + 1]!];
  const part = (start - log) / Math.fround(start - end);
  return low + Math.min(Math.max(part, 0), 1);
}
