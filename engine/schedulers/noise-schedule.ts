import { MAX_SIGMA, type SchedulerSettings } from "./settings.ts";
import { unsupported } from "./unsupported.ts";

const { fround } = Math;

/**
 * The share of the picture's variance at each trained timestep: alphas_cumprod of diffusers. It falls from nearly 1 to
 * nearly 0, or to exactly 0 where the settings rescale to zero terminal SNR. Rounded to float32 wherever diffusers
 * rounds, which shows in 1 - alpha of the first timesteps.
 */
function cumulativeAlphas(settings: SchedulerSettings): Float32Array {
  const alphas = falling(cumulativeProduct(betasOf(settings)));
  return settings.rescale_betas_zero_snr ? withZeroTerminalSignal(alphas) : alphas;
}

/** The noise's standard deviation over the signal's at each trained timestep: rising and finite. */
export function trainedSigmas(settings: SchedulerSettings): Float32Array {
  const alphas = cumulativeAlphas(settings);
  // As EulerDiscreteScheduler.__init__: replaces 0, whose sigma would be infinite.
  if (alphas.at(-1) === 0) alphas[alphas.length - 1] = 2 ** -24;
  const sigmas = falling(alphas).map((alpha) => Math.sqrt(fround(fround(1 - alpha) / alpha)));
  if (sigmas.at(-1)! <= MAX_SIGMA) return sigmas;
  throw unsupported(`its betas lead to more noise than sigma ${MAX_SIGMA}`);
}

/**
 * Cumulative alphas by timestep, including those outside the trained range. Before the first it is 1 or the first value
 * (set_alpha_to_one); beyond the last it stays constant.
 */
export function alphaLookup(settings: SchedulerSettings): (timestep: number) => number {
  const alphas = cumulativeAlphas(settings);
  const picture = settings.set_alpha_to_one ? 1 : alphas[0]!;
  return (timestep) => (timestep < 0 ? picture : alphas[Math.min(timestep, alphas.length - 1)]!);
}

const BETAS: Record<
  SchedulerSettings["beta_schedule"],
  (settings: SchedulerSettings) => Float32Array
> = {
  linear: ({ beta_start, beta_end, num_train_timesteps: count }) =>
    linspace(beta_start, beta_end, count),
  scaled_linear: ({ beta_start, beta_end, num_train_timesteps: count }) =>
    linspace(Math.sqrt(beta_start), Math.sqrt(beta_end), count).map((root) => root * root),
  squaredcos_cap_v2: ({ num_train_timesteps: count }) =>
    Float32Array.from({ length: count }, (_, i) =>
      Math.min(1 - cosineAlpha((i + 1) / count) / cosineAlpha(i / count), 0.999),
    ),
};

function betasOf(settings: SchedulerSettings): Float32Array {
  const { trained_betas, beta_schedule } = settings;
  return trained_betas === null ? BETAS[beta_schedule](settings) : Float32Array.from(trained_betas);
}

/** torch.linspace in float32, which counts from the start in its first half and from the end in the second. */
function linspace(start: number, end: number, count: number): Float32Array {
  const [first, last] = [fround(start), fround(end)];
  const gap = fround(fround(last - first) / (count - 1));
  return Float32Array.from({ length: count }, (_, i) =>
    i < count / 2 ? first + gap * i : last - gap * (count - 1 - i),
  );
}

/** The cosine schedule of arXiv 2102.09672; time runs from 0 to 1. */
function cosineAlpha(time: number): number {
  return Math.cos(((time + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
}

/** The running product of 1 - beta: multiplied in float64, stored in float32, as torch does. */
function cumulativeProduct(betas: Float32Array): Float32Array {
  let product = 1;
  return betas.map((beta) => (product *= fround(1 - beta)));
}

/** Algorithm 1 of arXiv 2305.08891: shifts and scales the signal so that its last value is 0. */
function withZeroTerminalSignal(alphas: Float32Array): Float32Array {
  const signal = alphas.map(Math.sqrt);
  const [first, last] = [signal[0]!, signal.at(-1)!];
  const scale = fround(first / fround(first - last));
  const bars = signal.map((value) => fround(fround(value - last) * scale) ** 2);
  falling(bars.subarray(0, -1));
  return cumulativeProduct(bars.map((bar, i) => 1 - fround(bar / (i > 0 ? bars[i - 1]! : 1))));
}

function falling(alphas: Float32Array): Float32Array {
  const falls = alphas.every((alpha, i) => alpha > 0 && alpha < (i > 0 ? alphas[i - 1]! : 1));
  if (falls) return alphas;
  throw unsupported("its betas do not add noise at every timestep, or leave nothing else");
}
