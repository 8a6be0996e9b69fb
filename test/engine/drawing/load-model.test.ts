import { expect, onTestFinished, test } from "vitest";
import {
  int8DeviceFor,
  lacksInt8,
  loadModel,
  type LoadOptions,
} from "../../../engine/drawing/load-model.ts";
import { readModel, STARTER, type ReadModel } from "../../../engine/drawing/read-model.ts";
import type { Run } from "../../../engine/pipeline/pipeline.ts";
import { deviceFor, int8Device } from "../../../engine/runtime/device.ts";
import { Supervisor } from "../../../engine/runtime/supervisor.ts";
import { isShort, neededBytes } from "../../../engine/store/fit.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const SD2 = {
  width: 512,
  height: 512,
  parameters: 1_289_952_427,
  unetParameters: 865_910_724,
  vaeParameters: 83_653_863,
};

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
  const lacks = (isExact: boolean) => lacksInt8(read, read.summary, { cacheFolder, isExact });
  expect(await lacks(true)).toBe(true);
  await load(read, { device: int8Device({ isExact: true }), cacheFolder });
  expect([await lacks(true), await lacks(false)]).toEqual([false, true]);
});

test("a processor that saturates quantizes linear layers only where memory is short", async () => {
  const read = await readModel(STARTER, "float32");
  const picture = { width: 256, height: 256 };
  const planned = { ...picture, precision: "int8", keepsLinears: true } as const;
  const enough = neededBytes(read.summary, planned, "cpu") / 0.75;
  const quantizing = (isExact: boolean, memoryBytes: number) =>
    int8DeviceFor(read, isExact, { ...picture, memoryBytes }).quantizing;
  expect(quantizing(false, enough + 1)).toEqual({ bits: 7, keepsLinears: true });
  expect(quantizing(false, enough - 1e6)).toEqual({ bits: 7 });
  expect(quantizing(true, enough + 1)).toEqual({ bits: 8 });
  expect(quantizing(true, enough - 1e6)).toEqual({ bits: 8 });
  const [kept, all] = [true, false].map((keepsLinears) =>
    neededBytes(SD2, { ...SD2, precision: "int8", keepsLinears }, "cpu"),
  );
  expect((kept! - all!) / 1e9).toBeCloseTo(0.74, 2);
});
