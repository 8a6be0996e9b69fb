import { aboutTime } from "./about-time.ts";
import type { ModelSummary } from "../contract/models.ts";
import { PATIENCE_SECONDS, PRESETS, presetSettings, type Preset } from "../contract/presets.ts";
import { wholeSteps } from "../drawing/run.ts";
import { INT8_GAIN } from "../drawing/work.ts";

/** The measured pace of a picture that is drawn with Exact. */
export interface ExactPace {
  readonly model: Pick<ModelSummary, "steps" | "isDistilled">;
  readonly device: string;
  readonly secondsPerStep: number;
}

/** Seconds of a picture with each preset. */
export type PresetSeconds = Readonly<Record<Preset, number>>;

/** The expected seconds with each preset, if Exact has this pace. */
export function presetSecondsAt({ model, device, secondsPerStep }: ExactPace): PresetSeconds {
  const gain = device === "cpu" ? INT8_GAIN : 1;
  const secondsBy = (preset: Preset): number => {
    const { steps = model.steps, precision, cacheInterval } = presetSettings(preset, model);
    const seconds = wholeSteps(steps, cacheInterval) * secondsPerStep;
    return seconds / (precision === undefined ? 1 : gain);
  };
  return { exact: secondsBy("exact"), balanced: secondsBy("balanced"), fast: secondsBy("fast") };
}

/** How long faster presets would take, in one line; undefined if the picture is quick anyway. */
export function fasterWays(seconds: PresetSeconds): string | undefined {
  if (seconds.exact < PATIENCE_SECONDS) return undefined;
  const ways = PRESETS.flatMap((preset) =>
    seconds[preset] < seconds.exact
      ? [`about ${aboutTime(seconds[preset])} with --preset ${preset}`]
      : [],
  );
  if (ways.length === 0) return undefined;
  return `A picture takes about ${aboutTime(seconds.exact)} here, ${ways.join(", ")}.`;
}
