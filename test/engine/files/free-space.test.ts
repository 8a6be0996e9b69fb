import { join } from "node:path";
import { expect, test } from "vitest";
import { diskSpace } from "../../../engine/files/free-space.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("a disk has some free space and not more than its size", async () => {
  const { free, total } = await diskSpace(temporaryFolder());
  expect(free).toBeGreaterThan(0);
  expect(free).toBeLessThanOrEqual(total);
});

test("for a path that does not exist yet, its disk's free space is returned", async () => {
  const folder = temporaryFolder();
  expect((await diskSpace(join(folder, "a", "b"))).total).toBe((await diskSpace(folder)).total);
});
