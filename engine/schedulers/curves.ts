import type { SchedulerSettings } from "./settings.ts";
import { unsupported } from "./unsupported.ts";

/** How sigmas fall between two bounds: the first at part 0, the second at part 1. */
export type Curve = (part: number, from: number, to: number) => number;

/** Equation 5 of arXiv 2206.00364, with the paper's choice of rho. */
export const karras: Curve = (part, from, to) => {
  const rho = 7;
  const [high, low] = [from ** (1 / rho), to ** (1 / rho)];
  return (high + part * (low - high)) ** rho;
};

/** Evenly spaced logarithms. */
export const exponential: Curve = (part, from, to) =>
  Math.exp(Math.log(from) + part * (Math.log(to) - Math.log(from)));

/** Denser at both ends: arXiv 2407.12173. */
const beta: Curve = (part, from, to) => to + betaQuantile(1 - part) * (from - to);

const CURVES = [
  ["use_karras_sigmas", karras],
  ["use_exponential_sigmas", exponential],
  ["use_beta_sigmas", beta],
] as const;

/** The curve that the settings select; undefined where sigmas follow the timesteps. */
export function curveOf(settings: SchedulerSettings): Curve | undefined {
  const asked = CURVES.filter(([key]) => settings[key]);
  if (asked.length < 2) return asked[0]?.[1];
  throw unsupported(`it asks for ${asked.map(([key]) => key).join(" and ")} at once`);
}

/** Both shape parameters: `alpha` and `beta` of diffusers' _convert_to_beta, after arXiv 2407.12173. */
const SHAPE = 0.6;

/** The quantile of a beta distribution at `share`; share and value are from 0 to 1. */
function betaQuantile(share: number): number {
  if (share > 0.5) return 1 - betaQuantile(1 - share);
  let [low, high] = [0, 0.5];
  for (let halvings = 0; halvings < 60; halvings++) {
    const middle = (low + high) / 2;
    if (lowerHalf(middle) < share) low = middle;
    else high = middle;
  }
  return low;
}

/** The distribution function for x up to 1/2, as a share of its value at 1/2. */
function lowerHalf(x: number): number {
  return incomplete(x) / incomplete(1 / 2) / 2;
}

/** Incomplete beta function by its power series (DLMF 8.17.7), up to a constant factor; x is at most 1/2. */
function incomplete(x: number): number {
  let [term, sum] = [1, 1 / SHAPE];
  for (let n = 1; n < 60; n++) {
    term *= ((n - SHAPE) / n) * x;
    sum += term / (SHAPE + n);
  }
  return x ** SHAPE * sum;
}
