import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { openOwnStudio } from "../../../engine/host.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const PROGRAM = resolve("test/fakes/import-killed-at-end.ts");
const TINY = resolve("test/golden/tiny-sd2-hub/snapshot");

test("an import that was killed after its last rename is done, and the model is there once", async () => {
  const folder = temporaryFolder();
  const { signal } = spawnSync(process.execPath, [PROGRAM, folder, TINY]);
  expect(signal).toBe("SIGKILL");
  const isModel = (name: string): boolean => !name.startsWith(".");
  const id = readdirSync(join(folder, "models")).find(isModel);
  const studio = await openOwnStudio(folder);
  onTestFinished(() => studio.close());
  const { transfers, models } = studio.client;
  const [left] = await transfers.list();
  expect(left).toMatchObject({ kind: "import", state: "waiting" });
  // Where no host runs, what an earlier run left goes on when the same is asked for again.
  await models.import({ folder: TINY });
  await vi.waitFor(async () =>
    expect(await transfers.list()).toMatchObject([{ id: left?.id, state: "done", modelId: id }]),
  );
  expect((await models.list()).map((model) => model.id)).toEqual(["starter", id]);
  expect(readdirSync(join(folder, "models"))).toEqual([id]);
});
