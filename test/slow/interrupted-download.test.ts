import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readModel } from "../../engine/drawing/read-model.ts";
import { expectWhole, rangesOfUnet, sha256Of, TINY, trial, UNET } from "../fakes/download-trial.ts";

test("downloads a model through two interruptions, one of them kill -9, and reads it", async () => {
  const run = await trial({ bytesPerSecond: 4_000_000 });
  run.hub.fault({ path: `name=${UNET}`, cutAfter: 1_000_000, bytesPerSecond: 4_000_000 });
  const args = ["test/fakes/downloading.ts", run.hub.url, run.folder];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  await run.download();
  expectWhole(run);
  const later = expect.stringMatching(/^bytes=\d{6,}-$/);
  expect(rangesOfUnet(run)).toEqual([undefined, later, later]);
  const { summary } = await readModel(join(run.folder, "snapshot"), "float16");
  expect(summary).toMatchObject({ predictionType: "v_prediction", parameters: expect.any(Number) });
});

/** Whether a user may mount a small disk here. */
const canMount =
  spawnSync("unshare", ["-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;

test.skipIf(!canMount)(
  "names a disk that fills up in the middle, and continues when there is space",
  async () => {
    const run = await trial();
    const script = `
    mount -t tmpfs -o size=4m tmpfs "$FOLDER" && mkdir "$FOLDER/1"
    "$NODE" test/fakes/downloading.ts "$HUB" "$FOLDER/1"
    mount -o remount,size=20m "$FOLDER"
    "$NODE" test/fakes/downloading.ts "$HUB" "$FOLDER/1"
    cd "$FOLDER/1/snapshot" && sha256sum ${UNET}`;
    const env = { ...process.env, NODE: process.execPath, HUB: run.hub.url, FOLDER: run.folder };
    const child = spawn("unshare", ["-Urm", "sh", "-c", script], { env });
    const lines = (await child.stdout.toArray()).join("").split("\n");
    expect(lines).toEqual([
      "half",
      expect.stringMatching(/^DISK_FULL The disk is full: /),
      "half",
      "done",
      `${sha256Of(join(TINY, UNET))}  ${UNET}`,
      "",
    ]);
    const ranges = rangesOfUnet(run).filter((range) => range !== undefined);
    expect(ranges).toEqual([expect.stringMatching(/^bytes=\d{6,}-$/)]);
  },
);
