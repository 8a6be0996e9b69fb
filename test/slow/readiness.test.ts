import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { STARTER } from "../../engine/drawing/read-model.ts";
import { clientOf } from "../../engine/server/client-of.ts";
import { asker } from "../fakes/open-grpc-server.ts";
import { inferencePids } from "../fakes/inference-pids.ts";
import { studioInProcess } from "../fakes/studio-in-process.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const PATIENCE = { timeout: 60_000, interval: 50 };
const READY = { status: 200, error: undefined };

/** A studio that serves a copy of the starter's files, with the real engine. */
async function serving(device: "auto" | "cpu" = "cpu") {
  const dataFolder = temporaryFolder();
  const model = join(dataFolder, "models", "copy");
  cpSync(STARTER, model, { recursive: true });
  const serving = { port: 0, grpcPort: 0, isRequired: true };
  const studio = await studioInProcess({ dataFolder, serving });
  const client = clientOf(studio.router);
  await client.settings.change({ device, model: "copy" });
  const { origin = "", grpcTarget = "" } = await client.server.get();
  const ready = async (path = "/v2/health/ready") => {
    const reply = await fetch(origin + path);
    const { error }: { error?: string } = JSON.parse(await reply.text());
    return { status: reply.status, error };
  };
  const becomes = (state: object) =>
    vi.waitFor(async () => expect(await ready()).toMatchObject(state), PATIENCE);
  const draw = async (steps = 1): Promise<number> => {
    const asked = { text_input: "a fish", steps, width: 64, height: 64 };
    const headers = { "content-type": "application/json" };
    const address = `${origin}/v2/models/copy/generate`;
    const reply = await fetch(address, { method: "POST", headers, body: JSON.stringify(asked) });
    await reply.text();
    return reply.status;
  };
  return { client, model, grpcTarget, ready, becomes, draw };
}

const WEIGHTS = "unet/diffusion_pytorch_model.safetensors";

/** Weights that are all NaN. */
function notFinite(file: string): Buffer {
  const bytes = readFileSync(file);
  const header = 8 + Number(bytes.readBigUInt64LE(0));
  return Buffer.concat([bytes.subarray(0, header), Buffer.alloc(bytes.length - header, 0xff)]);
}

test("it is ready once its devices are probed, and nothing is loaded for that", async () => {
  const { client, ready, becomes, draw } = await serving("auto");
  expect(await ready()).toEqual({ status: 503, error: expect.stringContaining("being tried") });
  await becomes(READY);
  expect((await client.machine.get()).loadedModel).toBeUndefined();
  expect(await draw()).toBe(200);
});

test("it is ready only with its files, each of them complete", async () => {
  const { model, grpcTarget, ready, becomes, draw } = await serving();
  const call = await asker(grpcTarget);
  expect([await ready(), await call("ServerReady")]).toEqual([READY, { ready: true }]);
  const file = join(model, WEIGHTS);
  renameSync(file, `${file}.away`);
  await becomes({ status: 503, error: expect.stringContaining("SNAPSHOT_INCOMPLETE") });
  expect([await call("ServerReady"), await call("ModelReady", { name: "copy" })]).toEqual([
    { ready: false },
    { ready: false },
  ]);
  expect(await ready("/v2/models/copy/ready")).toMatchObject({ status: 503 });
  expect(await ready("/v1/models/copy")).toMatchObject({ status: 503 });
  expect(await draw()).toBeGreaterThanOrEqual(400);
  writeFileSync(file, readFileSync(`${file}.away`).subarray(0, -1));
  await becomes({ status: 503, error: expect.stringContaining("SAFETENSORS_INVALID") });
  renameSync(`${file}.away`, file);
  await becomes(READY);
  expect(await draw()).toBe(200);
});

test("a model that draws nothing is not ready until its files change", async () => {
  const { model, ready, becomes, draw } = await serving();
  const file = join(model, WEIGHTS);
  const whole = readFileSync(file);
  writeFileSync(`${file}.new`, notFinite(file));
  renameSync(`${file}.new`, file);
  // Nothing is known before the first load.
  expect(await ready()).toEqual(READY);
  expect(await draw()).toBeGreaterThanOrEqual(500);
  await becomes({ status: 503, error: expect.stringContaining("NOT_FINITE") });
  writeFileSync(file, whole);
  await becomes(READY);
  expect(await draw()).toBe(200);
});

test.runIf(process.platform === "linux")(
  "a process that is killed while it draws, for the studio or a client, makes it not ready until another has drawn",
  async () => {
    const { client, ready, becomes, draw } = await serving();
    expect(await draw()).toBe(200);
    // An idle process is started again by the next request.
    for (const pid of inferencePids()) process.kill(pid, "SIGKILL");
    await vi.waitFor(() => expect(inferencePids()).toEqual([]), PATIENCE);
    expect([await ready(), await draw()]).toEqual([READY, 200]);
    const long = { prompt: "a fish", steps: 1000, width: 64, height: 64 };
    const byStudio = async () => void (await client.generation.enqueue(long));
    const byClient = () => draw(1000);
    for (const begin of [byClient, byStudio]) {
      const drawing = begin();
      await vi.waitFor(async () => {
        const { isDrawing } = await client.server.get();
        const { generations } = await client.queue.get();
        expect(isDrawing || generations.some(({ state }) => state === "running")).toBe(true);
      }, PATIENCE);
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (const pid of inferencePids()) process.kill(pid, "SIGKILL");
      await drawing;
      await becomes({ status: 503, error: expect.stringContaining("INFERENCE_CRASHED") });
      await becomes(READY);
      expect(await draw()).toBe(200);
    }
  },
);

test("a model whose folder is gone is not served any more", async () => {
  const { model, becomes } = await serving();
  rmSync(model, { recursive: true });
  await becomes({ status: 503, error: expect.stringContaining("no model is loaded") });
});
