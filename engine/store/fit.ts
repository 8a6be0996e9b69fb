import type { DeviceReport } from "../contract/devices.ts";
import type { ModelSummary, StoredModel } from "../contract/models.ts";
import { formatBytes } from "../files/disk-full.ts";

/** What a model has to fit into. */
export interface DrawingPlace {
  readonly provider: DeviceReport["provider"];
  /** The machine's own for the CPU, the card's for a GPU; absent where it is not known. */
  readonly memoryBytes?: number | undefined;
}

export type Fit = StoredModel["fit"];

/** Stable Diffusion 2, from which the others are estimated. */
const MEASURED = {
  parameters: 1.29e9,
  /** The UNet's part, the largest of the networks that are opened one after the other. */
  unetShare: 0.67,
  pixels: 512 * 512,
  /** Beside the weights: 4.44 GB in all while a UNet step ran on the CPU (engine/README.md, Measured). */
  workBytes: 0.79e9,
  /** The inference process itself: a picture of the starter peaks at 229 MB in all. */
  processBytes: 0.16e9,
};

/** Models below this many bytes in float32 have their three networks open at once. */
const SMALL_BYTES = 1e9;
/** Beyond this many parameters a picture on a CPU is a matter of minutes. */
const SLOW_PARAMETERS = 3e8;
/** Of the memory, what the system and the studio itself leave to a model. */
const USABLE_SHARE = 0.75;

/** How a model suits the place where it would draw. */
export function fitOf(summary: ModelSummary, place: DrawingPlace): Fit {
  const memoryBytes = neededBytes(summary, place.provider);
  const total = place.memoryBytes;
  const needs = `A picture needs about ${formatBytes(memoryBytes)} of memory`;
  if (total === undefined) return { verdict: "good", reason: `${needs}.`, memoryBytes };
  if (memoryBytes > total) {
    const reason = `${needs}; there are ${formatBytes(total)}.`;
    return { verdict: "too-large", reason, memoryBytes };
  }
  if (memoryBytes > USABLE_SHARE * total) {
    const reason = `${needs} out of ${formatBytes(total)}: close other programs first.`;
    return { verdict: "tight", reason, memoryBytes };
  }
  if (place.provider === "cpu" && summary.parameters > SLOW_PARAMETERS) {
    const reason = `${needs}, which is there; without a graphics card it takes minutes.`;
    return { verdict: "slow", reason, memoryBytes };
  }
  return { verdict: "good", reason: `${needs}, which is there.`, memoryBytes };
}

/** A CPU draws in float32 with one network open; a GPU in halves with all three. */
function neededBytes(summary: ModelSummary, provider: DrawingPlace["provider"]): number {
  const { parameters, width, height } = summary;
  const float32Bytes = 4 * parameters;
  const isAlone = provider === "cpu" && float32Bytes > SMALL_BYTES;
  const weights = provider === "cpu" ? float32Bytes : float32Bytes / 2;
  const size = (width * height) / MEASURED.pixels;
  // Activations grow with the channels, parameters with their square.
  const work = MEASURED.workBytes * size * Math.sqrt(parameters / MEASURED.parameters);
  return Math.round((isAlone ? MEASURED.unetShare : 1) * weights + work + MEASURED.processBytes);
}
