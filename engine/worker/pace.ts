import type { DeviceReport } from "../contract/devices.ts";
import type { PictureWork } from "../drawing/work.ts";

type Work = PictureWork["step"];

/** Seconds that one picture takes, part by part. */
export interface Pace {
  readonly text: number;
  readonly step: number;
  readonly decode: number;
}

/**
 * Of the speed that the probe sees in large products, what whole networks reach. Measured on a CPU with
 * two cores: a Stable Diffusion 2 step at 64x64 latents 0.9, the starter's at 16x16 0.7, a VAE 0.6 to 0.8.
 */
const EFFICIENCY = 0.75;

/** What a node costs however small its tensors are, the way between the processes included; measured there, too. */
const SECONDS_PER_NODE = 20e-6;

/** Operations of the probe's one product, for devices too slow to be asked for more. */
const PROBE_OPERATIONS = 2 * 1024 ** 3;

/** Operations a second that networks reach on a device, by its probe; where it was not tried, a modest CPU's. */
export function speedOf(report: DeviceReport | undefined): number {
  const { gigaflops, seconds } = report ?? {};
  if (gigaflops !== undefined) return EFFICIENCY * gigaflops * 1e9;
  return EFFICIENCY * (seconds === undefined ? 100e9 : PROBE_OPERATIONS / seconds);
}

/** The pace at which a device of this speed would draw. */
export function estimatedPace({ text, step, decode }: PictureWork, speed: number): Pace {
  return {
    text: secondsOf(text, speed),
    step: secondsOf(step, speed),
    decode: secondsOf(decode, speed),
  };
}

function secondsOf({ operations, nodes }: Work, speed: number): number {
  return operations / speed + nodes * SECONDS_PER_NODE;
}

/** A picture that was drawn here, and what it asked of the device. */
export interface Sample {
  readonly pace: Pace;
  readonly work: PictureWork;
  /** Whether something else decoded it than what is going to: then its decoding says nothing. */
  readonly isDecodedOtherwise?: boolean;
}

/** Samples that are looked at; those nearest in size. */
const NEAREST = 5;

/**
 * The pace seen before, brought to this size by what both would take at the device's speed. Undefined
 * where nothing was seen.
 */
export function measuredPace(
  samples: readonly Sample[],
  work: PictureWork,
  speed: number,
): Pace | undefined {
  const here = estimatedPace(work, speed);
  const scaled = samples.map(({ pace, work: other, isDecodedOtherwise = false }) => {
    const there = estimatedPace(other, speed);
    return {
      distance: Math.abs(Math.log(here.step / there.step)),
      text: (pace.text * here.text) / there.text,
      step: (pace.step * here.step) / there.step,
      decode: isDecodedOtherwise ? undefined : (pace.decode * here.decode) / there.decode,
    };
  });
  const sorted = scaled.toSorted((a, b) => a.distance - b.distance);
  const nearest = sorted.slice(0, NEAREST);
  if (nearest.length === 0) return undefined;
  const decodes = sorted.flatMap(({ decode }) => decode ?? []).slice(0, NEAREST);
  return {
    text: median(nearest.map(({ text }) => text)),
    step: median(nearest.map(({ step }) => step)),
    decode: decodes.length === 0 ? here.decode : median(decodes),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
