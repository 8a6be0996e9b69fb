import type { DeviceReport } from "../contract/devices.ts";
import type { Estimate } from "../contract/generation.ts";
import type { Machine } from "../contract/machine.ts";
import { type Preset, presetSettings, PRESETS } from "../contract/presets.ts";
import { wholeSteps } from "../drawing/run.ts";
import { INT8_GAIN, type PictureWork } from "../drawing/work.ts";
import { estimatedPace, loadSecondsOf, speedOf } from "./pace.ts";

/** A picture whose work is known, though its model need not be on this machine. */
export interface CountedPicture {
  readonly steps: number;
  /** Whether its model was distilled to few steps, which every preset keeps. */
  readonly isDistilled?: boolean;
  /** Bytes of the model's weight files. */
  readonly sizeBytes: number;
  readonly work: PictureWork;
}

/**
 * The work of a guided picture of Stable Diffusion 2 at 768x768 in 50 steps, the reference for comparing machines.
 * Counted from its graphs; the model itself is not needed.
 */
export const REFERENCE: CountedPicture = {
  steps: 50,
  sizeBytes: 5.16e9,
  work: {
    text: { operations: 90.3e9, nodes: 279 },
    step: { operations: 4145e9, nodes: 644 },
    decode: { operations: 5757e9, nodes: 120 },
  },
};

/** How long a picture takes, from the device's probe. */
export function probeEstimate(
  { steps: own, isDistilled = false, sizeBytes, work }: CountedPicture,
  report: DeviceReport | undefined,
  preset: Preset = "exact",
): Estimate {
  const pace = estimatedPace(work, speedOf(report));
  const chosen = presetSettings(preset, { steps: own, isDistilled });
  const steps = wholeSteps(chosen.steps ?? own, chosen.cacheInterval);
  const isInt8 = chosen.precision === "int8" && report?.provider === "cpu";
  const step = isInt8 ? pace.step / INT8_GAIN : pace.step;
  return {
    seconds: pace.text + steps * step + pace.decode,
    secondsPerStep: step,
    loadSeconds: loadSecondsOf(sizeBytes),
    basis: "estimated",
  };
}

/** Seconds of the reference picture with each preset. */
export function referencePresets(report: DeviceReport): NonNullable<Machine["presets"]> {
  return PRESETS.map((preset) => ({
    preset,
    seconds: probeEstimate(REFERENCE, report, preset).seconds,
  }));
}
