import type { DeviceReport } from "../contract/devices.ts";
import { median } from "../drawing/median.ts";
import type { PictureWork } from "../drawing/work.ts";

type Work = PictureWork["step"];

/** The seconds of one picture, by stage. */
export interface Pace {
  readonly text: number;
  readonly step: number;
  readonly decode: number;
}

/**
 * The share of the speed measured by the probe's large product that whole networks reach. Measured on a CPU with two
 * cores: 0.9 for a Stable Diffusion 2 step at 64x64 latents, 0.7 for the starter's at 16x16, 0.6 to 0.8 for a VAE.
 */
const EFFICIENCY = 0.75;

/**
 * Fixed cost of a node however small its tensors are, including the way between processes; measured on the same
 * machine.
 */
const SECONDS_PER_NODE = 20e-6;

/** Operations in the probe's product, for devices too slow for a larger one. */
const PROBE_OPERATIONS = 2 * 1024 ** 3;

/** Operations per second that networks reach on a device, from its probe; without one, those of a modest CPU. */
export function speedOf(report: DeviceReport | undefined): number {
  const { gigaflops, seconds } = report ?? {};
  if (gigaflops !== undefined) return EFFICIENCY * gigaflops * 1e9;
  return EFFICIENCY * (seconds === undefined ? 100e9 : PROBE_OPERATIONS / seconds);
}

/** Loading takes START_SECONDS for the process, then reads weights from the file cache at BYTES_PER_SECOND. */
const START_SECONDS = 1;
const BYTES_PER_SECOND = 2e9;

/** Seconds to load a model's weights, in bytes of its files. */
export function loadSecondsOf(sizeBytes: number): number {
  return START_SECONDS + sizeBytes / BYTES_PER_SECOND;
}

/** To hash and quantize one parameter of a UNet, once per model: 16 s of CPU for Stable Diffusion 2's 866 million. */
const QUANTIZING_SECONDS = 18e-9;

/** Seconds to make a UNet's int8 weights, by its number of parameters. */
export function quantizingSecondsOf(unetParameters: number): number {
  return QUANTIZING_SECONDS * unetParameters;
}

/** The expected pace on a device of this speed. */
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

/** A picture that was drawn here, and how much work it was. */
export interface Sample {
  readonly pace: Pace;
  readonly work: PictureWork;
  /** Whether another decoder is used now, so that its decoding time means nothing. */
  readonly isDecodedOtherwise?: boolean;
}

/** Number of samples used: the nearest in size. */
const NEAREST = 5;

/** The pace measured before, scaled to this size by the work of both. Undefined without samples. */
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
    text: median(nearest.map(({ text }) => text)) ?? here.text,
    step: median(nearest.map(({ step }) => step)) ?? here.step,
    decode: median(decodes) ?? here.decode,
  };
}
