import type { DeploymentCheck } from "../contract/archives.ts";
import type { GenerationRecord } from "../contract/image-record.ts";
import { StudioError } from "../contract/errors.ts";
import type { Peak } from "../runtime/model-on-device.ts";
import type { NetworkName } from "../runtime/network-work.ts";
import { Drawing } from "./drawing.ts";

/** IEEE 754: the largest float16 value. Beyond it a GPU continues with infinity. */
const LARGEST_HALF = 65_504;

interface PlacedPeak extends Peak {
  readonly network: NetworkName;
}

/** The result of drawing a picture to test a model. */
export interface Trial {
  /** The picture's record and seconds, or the error that ended it. */
  readonly outcome:
    | { readonly record: GenerationRecord; readonly seconds: number }
    | { readonly refusal: StudioError };
  /** Whether a GPU could have drawn it in half precision. */
  readonly check: DeploymentCheck;
}

/**
 * Draws a picture of two steps in float32 on the CPU and records every layer's largest value: above the float16 maximum
 * a GPU draws black. Names the first such layer, also if values overflowed and ended the picture.
 */
export async function tryModel(folder: string, signal?: AbortSignal): Promise<Trial> {
  const watch = new PeakWatch();
  const drawing = new Drawing({ device: "cpu", onPeaks: watch.note });
  try {
    const request = { prompt: "a red house", steps: 2, seed: "1", precision: "float32" };
    for await (const event of drawing.generate(request, { model: folder, signal })) {
      if (event.kind !== "image") continue;
      const { record, seconds } = event;
      return { outcome: { record, seconds: seconds.denoise }, check: watch.check() };
    }
    throw new Error("drawing ended without a picture");
  } catch (error) {
    if (!(error instanceof StudioError) || !watch.isBeyond) throw error;
    return { outcome: { refusal: error }, check: watch.check() };
  } finally {
    drawing.close();
  }
}

/** The largest value of all layers, and the first layer above the limit. */
class PeakWatch {
  #largest: PlacedPeak | undefined;
  #first: PlacedPeak | undefined;

  readonly note = (network: NetworkName, peaks: readonly Peak[]): void => {
    // The VAE encoder is used for previews only, which a server that draws from text does not need.
    if (network === "VAE encoder") return;
    for (const peak of peaks) {
      const value = Number.isNaN(peak.value) ? Infinity : peak.value;
      const placed = { network, layer: peak.layer, value };
      if (value > LARGEST_HALF) this.#first ??= placed;
      if (value > (this.#largest?.value ?? -1)) this.#largest = placed;
    }
  };

  get isBeyond(): boolean {
    return this.#first !== undefined;
  }

  check(): DeploymentCheck {
    const name = "half-precision";
    if (this.#first !== undefined) {
      const found = `${placeOf(this.#first)} gives values up to ${rounded(this.#first.value)}, and half precision ends at ${LARGEST_HALF}: a GPU may draw black.`;
      const advice = "Load the model in the handler with torch_dtype=torch.float32 or bfloat16.";
      return { name, outcome: "failed", found, advice };
    }
    const largest = this.#largest;
    const found =
      largest === undefined
        ? "No layer was watched."
        : `No value is beyond ${rounded(largest.value)} (${placeOf(largest)}), and half precision ends at ${LARGEST_HALF}.`;
    return { name, outcome: "ok", found };
  }
}

function placeOf({ network, layer }: PlacedPeak): string {
  return `${layer} of the ${network}`;
}

function rounded(value: number): string {
  return Number.isFinite(value) ? `${Number(value.toPrecision(3))}` : "infinity";
}
