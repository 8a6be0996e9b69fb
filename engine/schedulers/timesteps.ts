import type { SchedulerSettings } from "./settings.ts";

/** The range that timesteps are chosen from. */
export interface Span {
  /** Timesteps the model was trained on: 0 to trained - 1. */
  readonly trained: number;
  readonly steps: number;
  /** steps_offset: added to every timestep of the leading spacing. */
  readonly offset: number;
}

type Spacing = SchedulerSettings["timestep_spacing"];

/**
 * `steps` timesteps, descending (Table 2 of arXiv 2305.08891). Whole numbers except for the linspace spacing, which
 * some methods round and others do not. An offset can go past the last trained timestep.
 */
export function spaceTimesteps(spacing: Spacing, span: Span): number[] {
  const at = SPACINGS[spacing](span);
  return Array.from({ length: span.steps }, (_, i) => at(i, span.steps - 1 - i));
}

/** Spaced as the settings say, in whole numbers. */
export function wholeTimesteps(settings: SchedulerSettings, steps: number): number[] {
  const {
    timestep_spacing: spacing,
    num_train_timesteps: trained,
    steps_offset: offset,
  } = settings;
  return spaceTimesteps(spacing, { trained, steps, offset }).map(roundHalfEven);
}

/** The timestep of a step with `before` steps before it and `left` after it. */
type Position = (before: number, left: number) => number;

const SPACINGS: Record<Spacing, (span: Span) => Position> = {
  linspace: ({ trained, steps }) => {
    const gap = steps > 1 ? (trained - 1) / (steps - 1) : 0;
    return (_, left) => left * gap;
  },
  leading: ({ trained, steps, offset }) => {
    const gap = Math.max(1, Math.floor(trained / steps));
    return (_, left) => left * gap + offset;
  },
  trailing: ({ trained, steps }) => {
    const gap = trained - trained / steps - trained; // numpy's arange; its rounding decides ties
    return (before) => roundHalfEven(trained + before * gap) - 1;
  },
};

/** Rounds to the nearest whole number, ties to even, as numpy does. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
