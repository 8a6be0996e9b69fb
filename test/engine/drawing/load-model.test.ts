import { expect, onTestFinished, test } from "vitest";
import { loadModel } from "../../../engine/drawing/load-model.ts";
import { readModel, STARTER } from "../../../engine/drawing/read-model.ts";
import type { Run } from "../../../engine/pipeline/pipeline.ts";
import { deviceFor } from "../../../engine/runtime/device.ts";
import { Supervisor } from "../../../engine/runtime/supervisor.ts";
import { isShort, neededBytes } from "../../../engine/store/fit.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("halves the UNet's batch exactly where the plan of a picture's memory does", async () => {
  const read = await readModel(STARTER, "float32");
  const size = { width: 256, height: 256 };
  const deep = neededBytes(read.summary, { ...size, cacheInterval: 2 }, "cpu");
  const plain = neededBytes(read.summary, size, "cpu");
  // Enough for a run of the whole UNet alone, too little for its last layer beside it.
  const place = { provider: "cpu", memoryBytes: (deep + plain) / 2 / 0.75 } as const;
  const supervisor = new Supervisor();
  onTestFinished(() => supervisor.close());
  const { parts } = await loadModel(read, {
    device: deviceFor("cpu", { float16: false }),
    supervisor,
    cacheFolder: temporaryFolder(),
    memoryBytes: place.memoryBytes,
    onPreparing: () => {},
  });
  for (const cacheInterval of [undefined, 2]) {
    const run = { ...size, cacheInterval } as Run;
    const isPlannedApart = isShort(read.summary, { ...size, cacheInterval }, place);
    expect(isPlannedApart).toBe(cacheInterval === 2);
    expect(parts.guidesApart(run)).toBe(isPlannedApart);
  }
});
