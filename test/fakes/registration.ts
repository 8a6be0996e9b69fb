import type { Registration } from "../../engine/torchserve/model-table.ts";

/** A model of the start, with TorchServe's defaults. */
export const registration = (name: string, version = "1.0"): Registration => ({
  name,
  version,
  url: `${name}.mar`,
  minWorkers: 1,
  maxWorkers: 1,
  batchSize: 1,
  maxBatchDelay: 100,
  responseTimeout: 120,
  isLoadedAtStart: true,
});
