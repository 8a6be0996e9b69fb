import { cpus, totalmem } from "node:os";
import { expect, test } from "vitest";
import { deviceName, memoryOf, usableMemory } from "../../../engine/studio/machine.ts";

test("tells the memory there is, what is free of it and what the studio holds", async () => {
  const { total, free, studio } = await memoryOf(undefined);
  expect(total).toBeLessThanOrEqual(totalmem());
  expect(free).toBeLessThanOrEqual(total);
  expect(studio).toBeGreaterThan(1e7);
});

test.each([
  ["a container's limit", 2e9, 2e9],
  ["no known limit", 0, 16e9],
  ["none at all, which is told as a number beyond any memory", 2 ** 64, 16e9],
])("what this process may have under %s", (_, limit, usable) => {
  expect(usableMemory(limit, 16e9)).toBe(usable);
});

test.runIf(process.platform === "linux")(
  "counts the inference process as the studio's",
  async () => {
    const alone = await memoryOf(undefined);
    const both = await memoryOf(process.pid);
    expect(both.studio).toBeGreaterThan(1.5 * alone.studio);
    expect((await memoryOf(2 ** 30)).studio).toBeLessThan(1.5 * alone.studio);
  },
);

test("names the processor, and nothing it does not know", async () => {
  expect([await deviceName("cpu"), await deviceName("webgpu")]).toEqual([
    cpus()[0]?.model.trim(),
    undefined,
  ]);
});
