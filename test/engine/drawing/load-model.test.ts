import { expect, onTestFinished, test } from "vitest";
import { lacksInt8, loadModel, type LoadOptions } from "../../../engine/drawing/load-model.ts";
import { readModel, STARTER, type ReadModel } from "../../../engine/drawing/read-model.ts";
import type { Run } from "../../../engine/pipeline/pipeline.ts";
import { deviceFor, int8Device } from "../../../engine/runtime/device.ts";
import { Supervisor } from "../../../engine/runtime/supervisor.ts";
import { isShort, neededBytes } from "../../../engine/store/fit.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

function load(
  read: ReadModel,
  options: Pick<LoadOptions, "device" | "cacheFolder" | "memoryBytes">,
): ReturnType<typeof loadModel> {
  const supervisor = new Supervisor();
  onTestFinished(() => supervisor.close());
  return loadModel(read, { supervisor, onPreparing: () => {}, ...options });
}

test("halves the UNet's batch exactly where the plan of a picture's memory does", async () => {
  const read = await readModel(STARTER, "float32");
  const size = { width: 256, height: 256 };
  const deep = neededBytes(read.summary, { ...size, cacheInterval: 2 }, "cpu");
  const plain = neededBytes(read.summary, size, "cpu");
  // Enough for a run of the whole UNet alone, too little for its last layer beside it.
  const place = { provider: "cpu", memoryBytes: (deep + plain) / 2 / 0.75 } as const;
  const device = deviceFor("cpu", { float16: false });
  const { memoryBytes } = place;
  const { parts } = await load(read, { device, cacheFolder: temporaryFolder(), memoryBytes });
  for (const cacheInterval of [undefined, 2]) {
    const run = { ...size, cacheInterval } as Run;
    const isPlannedApart = isShort(read.summary, { ...size, cacheInterval }, place);
    expect(isPlannedApart).toBe(cacheInterval === 2);
    expect(parts.guidesApart(run)).toBe(isPlannedApart);
  }
});

test("int8 weights are lacking until they are made, and for the other kind of processor", async () => {
  const read = await readModel(STARTER, "float32");
  const cacheFolder = temporaryFolder();
  const lacks = (isExact: boolean) => lacksInt8(read, { cacheFolder, isExact });
  expect(await lacks(true)).toBe(true);
  await load(read, { device: int8Device({ isExact: true }), cacheFolder });
  expect([await lacks(true), await lacks(false)]).toEqual([false, true]);
});
