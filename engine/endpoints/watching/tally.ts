import { z } from "zod";

const count = z.int().min(0);
const amount = z.number().min(0);

/** The counts of one hour. Stored as JSON: members are only added, each with a default. */
export const tallySchema = z.object({
  /** Number of successes. */
  done: count.default(0),
  /** Number of failures by code. */
  failures: z.record(z.string().max(100), count).default({}),
  /** Number of durations, by step of a logarithmic scale. */
  steps: z.record(z.string().regex(/^-?\d{1,4}$/), count).default({}),
  bytesOut: amount.default(0),
  bytesIn: amount.default(0),
  gpuSeconds: amount.default(0),
  gpuTold: count.default(0),
});
export type Tally = z.output<typeof tallySchema>;

export const NOTHING: Tally = tallySchema.parse({});

/** The ratio of neighbouring steps: durations are accurate to half of that. */
const STEP = 1.05;
const [SHORTEST, LONGEST] = [0.001, 1e6];

/** One event, with what is known about it. */
export interface Counted {
  /** Its duration; absent if it failed or was a test picture. */
  readonly seconds?: number | undefined;
  /** The code of its failure. */
  readonly code?: string | undefined;
  readonly bytesOut?: number;
  readonly bytesIn?: number;
  readonly gpuSeconds?: number | undefined;
  readonly isGpuTold?: boolean;
}

/** The tally of a single event. */
export function tallyOf(one: Counted): Tally {
  const { seconds, code, bytesOut = 0, bytesIn = 0, gpuSeconds = 0, isGpuTold = false } = one;
  return {
    done: code === undefined ? 1 : 0,
    failures: code === undefined ? {} : { [code]: 1 },
    steps: seconds === undefined ? {} : { [stepOf(seconds)]: 1 },
    bytesOut,
    bytesIn,
    gpuSeconds,
    gpuTold: isGpuTold ? 1 : 0,
  };
}

export function sum(one: Tally, other: Tally): Tally {
  return {
    done: one.done + other.done,
    failures: sums(one.failures, other.failures),
    steps: sums(one.steps, other.steps),
    bytesOut: one.bytesOut + other.bytesOut,
    bytesIn: one.bytesIn + other.bytesIn,
    gpuSeconds: one.gpuSeconds + other.gpuSeconds,
    gpuTold: one.gpuTold + other.gpuTold,
  };
}

export function failedOf({ failures }: Tally): number {
  return Object.values(failures).reduce((all, some) => all + some, 0);
}

/** Median and 95th percentile by the nearest rank. */
export function timesOf({ steps }: Tally): { readonly p50?: number; readonly p95?: number } {
  const sorted = Object.entries(steps)
    .map(([step, times]) => ({ step: Number(step), times }))
    .toSorted((a, b) => a.step - b.step);
  const all = sorted.reduce((some, { times }) => some + times, 0);
  if (all === 0) return {};
  const at = (share: number): number => {
    let left = Math.ceil(share * all);
    const found = sorted.find(({ times }) => (left -= times) <= 0);
    return Number((STEP ** (found?.step ?? 0)).toPrecision(3));
  };
  return { p50: at(0.5), p95: at(0.95) };
}

function stepOf(seconds: number): string {
  const bounded = Math.min(LONGEST, Math.max(SHORTEST, seconds));
  return String(Math.round(Math.log(bounded) / Math.log(STEP)));
}

function sums(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]),
  );
}
