import { expect, onTestFinished, test, vi } from "vitest";
import { clientOf } from "../../engine/server/client-of.ts";
import { LocalDrawing } from "../../engine/worker/local-drawing.ts";
import { inferencePids } from "../fakes/inference-pids.ts";
import { studioInProcess } from "../fakes/studio-in-process.ts";

const SMALL = { prompt: "two purple fish", seed: "3", steps: 30, width: 64, height: 64 };

/** A studio that serves, with the real engine. */
async function serving() {
  const studio = await studioInProcess({ serving: { port: 0, isRequired: true } });
  const client = clientOf(studio.router);
  await client.settings.change({ device: "cpu" });
  const { origin } = await client.server.get();
  return { studio, client, origin: origin ?? "" };
}

interface Asking {
  readonly key?: string;
  readonly steps?: number;
  readonly signal?: AbortSignal;
}

function generate(origin: string, { key, steps = SMALL.steps, signal }: Asking = {}) {
  const { prompt, seed, width, height } = SMALL;
  return fetch(`${origin}/v2/models/starter/generate`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ text_input: prompt, seed: Number(seed), steps, width, height }),
    ...(signal === undefined ? {} : { signal }),
  });
}

const PATIENCE = { timeout: 60_000, interval: 10 };

test("the server's pictures and the studio's are drawn in turn, and only those of a key that says so are kept", async () => {
  const { client, origin } = await serving();
  await (await generate(origin)).text();
  const { secret: key } = await client.server.addKey({
    name: "keeper",
    scopes: ["inference"],
    keepsPictures: true,
  });
  const { generationIds } = await client.generation.enqueue({ ...SMALL, count: 4 });
  const replies = await Promise.all([generate(origin, { key }), generate(origin)]);
  expect(replies.map(({ status }) => status)).toEqual([200, 200]);
  const states = await Promise.all(
    generationIds.map(async (id) => (await client.generation.get({ id })).state),
  );
  // Two of the server's pictures between four of the studio's, which are not all drawn first.
  expect(states[0]).toBe("done");
  expect(states.at(-1)).not.toBe("done");
  await vi.waitFor(async () => {
    const all = await Promise.all(generationIds.map((id) => client.generation.get({ id })));
    expect(all.map(({ state }) => state)).toEqual(["done", "done", "done", "done"]);
  }, PATIENCE);
  const { days } = await client.gallery.names({});
  expect(days.flatMap(({ ids }) => ids)).toHaveLength(5);
});

test.runIf(process.platform === "linux")(
  "a process that dies ends one request by name, and the next is drawn",
  async () => {
    const { client, origin } = await serving();
    await (await generate(origin)).text();
    const crashing = generate(origin, { steps: 1000 });
    await vi.waitFor(
      async () => expect((await client.server.get()).isDrawing).toBe(true),
      PATIENCE,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const pid of inferencePids()) process.kill(pid, "SIGKILL");
    const reply = await crashing;
    expect([reply.status, reply.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await reply.json()).toEqual({
      error: expect.stringContaining("inference process stopped unexpectedly"),
    });
    expect((await generate(origin)).status).toBe(200);
  },
);

test("of 100 clients that disconnect none keeps its place, nor the device", async () => {
  const { client, origin } = await serving();
  await client.server.change({ queueLength: 200 });
  await (await generate(origin)).text();
  const gone = new AbortController();
  const asked = Array.from({ length: 100 }, () =>
    generate(origin, { steps: 1000, signal: gone.signal }).catch(() => "gone"),
  );
  await vi.waitFor(
    async () => expect(await client.server.get()).toMatchObject({ waiting: 99, isDrawing: true }),
    PATIENCE,
  );
  gone.abort();
  const begun = performance.now();
  await vi.waitFor(
    async () => expect(await client.server.get()).toMatchObject({ waiting: 0, isDrawing: false }),
    PATIENCE,
  );
  const freeMs = performance.now() - begun;
  console.info(`100 clients gone: the device is free after ${freeMs.toFixed(0)} ms`);
  expect(await Promise.all(asked)).toEqual(Array(100).fill("gone"));
  expect((await generate(origin)).status).toBe(200);
});

test("after unloading, none is served until a model is chosen; pausing lets a served picture finish", async () => {
  const { client, origin } = await serving();
  const unload = `${origin}/v2/repository/models/starter/unload`;
  expect((await fetch(unload, { method: "POST" })).status).toBe(200);
  expect(await client.server.get()).toMatchObject({ state: "running", modelNames: [] });
  expect((await generate(origin)).status).toBe(503);
  expect((await fetch(`${origin}/v2/health/ready`)).status).not.toBe(200);
  const load = `${origin}/v2/repository/models/starter/load`;
  expect((await fetch(load, { method: "POST" })).status).toBe(200);
  const drawn = generate(origin, { steps: 100 });
  const loaded = async () => (await client.machine.get()).loadedModel;
  await vi.waitFor(async () => expect(await loaded()).toBe("starter"), PATIENCE);
  await client.queue.pause();
  expect((await drawn).status).toBe(200);
  await vi.waitFor(async () => expect(await loaded()).toBe(undefined), PATIENCE);
});

test("when the studio closes, a request that waits for its device does not start", async () => {
  const { studio, client, origin } = await serving();
  const drawing = vi.spyOn(LocalDrawing.prototype, "events");
  onTestFinished(() => drawing.mockRestore());
  await client.generation.enqueue({ ...SMALL, steps: 1000 });
  await vi.waitFor(() => expect(drawing).toHaveBeenCalledTimes(1), PATIENCE);
  const asked = generate(origin).then(({ status }) => status);
  await vi.waitFor(async () => expect((await client.server.get()).isDrawing).toBe(true), PATIENCE);
  await studio.close();
  expect([await asked, drawing.mock.calls.length]).toEqual([503, 1]);
});
