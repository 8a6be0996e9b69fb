import type { CatalogueEntry } from "../contract/catalogue.ts";
import type { DeviceReport } from "../contract/devices.ts";
import type { Estimate } from "../contract/generation.ts";
import type { StoredModel } from "../contract/models.ts";
import { countModel, type CountedModel } from "../drawing/published-model.ts";
import { CATALOGUE, type KnownModel } from "../hub/catalogue.ts";
import { fitOf } from "../store/fit.ts";
import type { ChosenDevice } from "../worker/device-list.ts";
import { probeEstimate } from "../worker/probe-estimates.ts";
import { placeOf } from "./open-models.ts";

/** The catalogue's entries for this machine, as if none of the models had been downloaded. */
export function catalogueEntries(device: ChosenDevice | undefined): CatalogueEntry[] {
  return CATALOGUE.map((known) => {
    const { networks: _, parameterBytes, isDistilled: __, sources, ...entry } = known;
    const counted = counts(known);
    const weightBytes = parameterBytes * counted.parameters;
    return {
      ...entry,
      sources: [...sources],
      downloadBytes: inMegabytes(weightBytes + VOCABULARY_BYTES),
      fit: fitOf(counted, placeOf(device)),
      ...timeOf(counted, weightBytes, device),
    };
  });
}

/**
 * The entry of a model in the store, with the stored model's own fit and estimate. `fastSeconds` is left out: it is
 * never measured, so it must not be compared with an estimate that may be.
 */
export function asStored(
  published: CatalogueEntry,
  { id, fit }: Pick<StoredModel, "id" | "fit">,
  estimate: Estimate | undefined = published.estimate,
): CatalogueEntry {
  const { fastSeconds: _, ...entry } = published;
  return { ...entry, storedId: id, fit, ...(estimate && { estimate }) };
}

/** Size of the tokenizer's files, which are downloaded with every model's weights. */
const VOCABULARY_BYTES = 1_600_000;

/** Rounded up to whole megabytes. */
function inMegabytes(bytes: number): number {
  return 1_000_000 * Math.ceil(bytes / 1_000_000);
}

function timeOf(
  counted: CountedModel,
  sizeBytes: number,
  device: ChosenDevice | undefined,
): Pick<CatalogueEntry, "estimate" | "fastSeconds" | "untimed"> {
  const untimed = whyUntimed(device);
  if (untimed !== undefined) return { untimed };
  const picture = { ...counted, sizeBytes };
  const estimate = probeEstimate(picture, device?.report);
  const { seconds: fastSeconds } = probeEstimate(picture, device?.report, "fast");
  return { estimate, ...(fastSeconds < estimate.seconds && { fastSeconds }) };
}

function whyUntimed(device: ChosenDevice | undefined): string | undefined {
  if (device === undefined) return "The devices of this computer have not been tested yet.";
  const { report } = device;
  if (report?.available !== true) {
    return `This computer cannot use ${device.provider}${reasonOf(report)}.`;
  }
  const isMeasured = (report.gigaflops ?? report.seconds) !== undefined;
  return isMeasured
    ? undefined
    : "The speed of this computer is measured while nothing is being drawn.";
}

function reasonOf(report: DeviceReport | undefined): string {
  return report?.reason === undefined ? "" : `: ${report.reason}`;
}

const counted = new Map<string, CountedModel>();

/** Counts a model's parameters and work, or returns the earlier count. */
function counts(known: KnownModel): CountedModel {
  const before = counted.get(known.id);
  if (before !== undefined) return before;
  const now = countModel(known);
  counted.set(known.id, now);
  return now;
}
