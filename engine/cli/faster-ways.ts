import type { ModelSummary } from "../contract/models.ts";
import { PATIENCE_SECONDS, PRESETS, presetSettings } from "../contract/presets.ts";
import { INT8_GAIN } from "../drawing/work.ts";

/** What was seen of a picture that is drawn as Exact is. */
export interface ExactPace {
  readonly model: Pick<ModelSummary, "steps" | "isDistilled">;
  readonly device: string;
  readonly secondsPerStep: number;
}

/** What faster presets would take, in one line; undefined where the picture does not take long. */
export function fasterWays({ model, device, secondsPerStep }: ExactPace): string | undefined {
  const seconds = model.steps * secondsPerStep;
  if (seconds < PATIENCE_SECONDS) return undefined;
  const gain = device === "cpu" ? INT8_GAIN : 1;
  const ways = PRESETS.flatMap((preset) => {
    const { steps = model.steps, precision } = presetSettings(preset, model);
    const expected = (steps * secondsPerStep) / (precision === undefined ? 1 : gain);
    return expected < seconds ? [`about ${inWords(expected)} with --preset ${preset}`] : [];
  });
  if (ways.length === 0) return undefined;
  return `A picture takes about ${inWords(seconds)} here, ${ways.join(", ")}.`;
}

function inWords(seconds: number): string {
  const minutes = seconds / 60;
  if (minutes < 1.5) return `${5 * Math.ceil(seconds / 5)} s`;
  return `${minutes < 9.5 ? Math.round(minutes) : 5 * Math.round(minutes / 5)} min`;
}
