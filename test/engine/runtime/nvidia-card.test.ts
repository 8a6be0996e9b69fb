import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hasNvidiaCard } from "../../../engine/runtime/nvidia-card.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test.each([
  [["0x8086", "0x10de"], true],
  [["0x8086", "0x1af4"], false],
  [["0x1414"], undefined],
  [[], undefined],
] as const)("a computer whose devices are by %j: has a card, %s", async (vendors, has) => {
  const folder = temporaryFolder();
  for (const [i, vendor] of vendors.entries()) {
    await mkdir(join(folder, String(i)));
    await writeFile(join(folder, String(i), "vendor"), `${vendor}\n`);
  }
  expect(await hasNvidiaCard(folder)).toBe(has);
});

test("a system that lists no devices leaves it open", async () => {
  expect(await hasNvidiaCard("/nowhere")).toBeUndefined();
});
