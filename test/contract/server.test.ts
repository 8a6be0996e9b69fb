import { describe, expect, test, vi } from "vitest";
import { refusal } from "../fakes/refusal.ts";
import { Listener, QUICK, StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";
import { takenPort } from "../fakes/taken-port.ts";

/** Requests a small picture, as a client of the protocol does. */
function infer(origin: string | undefined, key?: string): Promise<Response> {
  const inputs = [
    { name: "prompt", shape: [1], datatype: "BYTES", data: [QUICK.prompt] },
    { name: "steps", shape: [1], datatype: "INT32", data: [QUICK.steps] },
    { name: "width", shape: [1], datatype: "INT32", data: [QUICK.width] },
    { name: "height", shape: [1], datatype: "INT32", data: [QUICK.height] },
    { name: "seed", shape: [1], datatype: "INT64", data: [7] },
  ];
  return fetch(`${origin}/v2/models/stable-diffusion/infer`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ id: "one", inputs }),
  });
}

describe.each(TRANSPORTS)("the inference server, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);

  test("it is set up for this machine only, and does not listen yet", async () => {
    expect(await studio.client.server.get()).toEqual({
      settings: {
        isOn: true,
        host: "127.0.0.1",
        port: 8080,
        grpcPort: null,
        tls: null,
        isMetricsOpen: false,
        hostNames: [],
        origins: [],
        isKeyRequired: false,
        queueLength: 10,
        timeLimitSeconds: null,
        preset: "exact",
        isSeedProfile: false,
        isOpenaiOn: false,
        isA1111On: false,
      },
      state: "stopped",
      modelNames: ["starter", "stable-diffusion"],
      waiting: 0,
      isDrawing: false,
    });
  });

  test("it listens, draws with the studio's model, reports its requests, and stops", async () => {
    const { server } = studio.client;
    const listener = await Listener.at(studio.client);
    await server.change({ port: 0 });
    const { origin } = await server.start();
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await server.start()).origin).toBe(origin);
    const reply = await infer(origin);
    expect([reply.status, await reply.json()]).toMatchObject([
      200,
      { id: "one", parameters: { seed: "7" }, outputs: [{ name: "image", shape: [64, 64, 3] }] },
    ]);
    const told = await listener.until(
      (event) =>
        event.type === "served-requests-changed" &&
        event.requests.some(({ state }) => state === "answered"),
    );
    expect(told).toMatchObject({
      requests: [{ method: "POST", path: "/v2/models/stable-diffusion/infer", status: 200 }],
    });
    const [row] = await server.requests();
    const exchange = await server.exchange({ id: row!.id });
    expect(exchange).toMatchObject({
      ...row,
      requestHeaders: { "content-type": "application/json" },
    });
    expect(exchange.requestBody.text).toContain(QUICK.prompt);
    expect(exchange.replyBody).toMatchObject({ isCut: true });
    expect(exchange.replyBody.text.length).toBeLessThan(1000);
    await server.clearRequests();
    expect(await server.requests()).toEqual([]);
    expect(await server.stop()).toMatchObject({ state: "stopped", settings: { isOn: false } });
    await expect(fetch(`${origin}/v2`)).rejects.toThrow("fetch failed");
    listener.leave();
  });

  test("a key is shown once, opens the server, and is invalid after it is removed", async () => {
    const { server } = studio.client;
    const choices = { name: "a notebook", scopes: ["inference" as const] };
    const { key, secret } = await server.addKey(choices);
    expect(secret).toMatch(/^dk_[\w-]{43}$/);
    expect(await server.keys()).toEqual([key]);
    expect(JSON.stringify(await server.keys())).not.toContain(secret);
    const { origin } = await server.change({ isOn: true, isKeyRequired: true });
    const statuses = await Promise.all([
      infer(origin).then(({ status }) => status),
      infer(origin, secret).then(({ status }) => status),
      infer(origin, `${secret}x`).then(({ status }) => status),
    ]);
    expect(statuses).toEqual([401, 200, 401]);
    expect(await server.keys()).toMatchObject([{ lastUsedAt: expect.any(String) as string }]);
    expect((await server.requests()).map(({ keyName }) => keyName)).toContain("a notebook");
    await server.removeKey({ id: key.id });
    expect(await server.keys()).toEqual([]);
    await expect(server.removeKey({ id: key.id })).rejects.toThrow(refusal("NOT_FOUND"));
    expect((await infer(origin, secret)).status).toBe(401);
    await server.change({ isOn: false, isKeyRequired: false });
  });

  test("its preset applies to requests that name none; named settings take precedence", async () => {
    const { server, gallery } = studio.client;
    const { key, secret } = await server.addKey({
      name: "kept",
      scopes: ["inference"],
      keepsPictures: true,
    });
    const { origin } = await server.change({ isOn: true, preset: "fast" });
    expect((await infer(origin, secret)).status).toBe(200);
    const { days } = await gallery.names({ sort: "newest" });
    const [image] = await gallery.details({ ids: days.flatMap(({ ids }) => ids) });
    expect(image?.record).toMatchObject({
      preset: "fast",
      precision: "int8",
      scheduler: "unipc",
      steps: QUICK.steps,
    });
    await server.removeKey({ id: key.id });
    await server.change({ isOn: false, preset: "exact" });
  });

  test("a new address closes the old one; an unavailable one changes nothing", async () => {
    const { server } = studio.client;
    const { origin } = await server.change({ port: 0, isOn: true });
    const port = await takenPort();
    await expect(server.change({ port })).rejects.toMatchObject({
      code: "PORT_IN_USE",
      details: { port },
    });
    await expect(server.change({ host: "0.0.0.0" })).rejects.toThrow(refusal("KEY_NEEDED"));
    const still = await server.get();
    expect(still).toMatchObject({ state: "running", settings: { host: "127.0.0.1", port: 0 } });
    expect((await fetch(`${still.origin}/v2/health/live`)).status).toBe(200);
    const moved = await server.change({ host: "::1" });
    expect(moved.origin).toMatch(/^http:\/\/\[::1\]:\d+$/);
    await expect(fetch(`${still.origin}/v2`)).rejects.toThrow("fetch failed");
    expect(origin).not.toBe(moved.origin);
    await server.change({ host: "127.0.0.1", isOn: false });
  });

  test("its queue is visible as it fills, and a client that disconnects frees the device", async () => {
    const { server } = studio.client;
    const { origin } = await server.change({ isOn: true });
    const gone = new AbortController();
    const body = JSON.stringify({ text_input: "a red fish", steps: 1000 });
    const ask = (): Promise<unknown> =>
      fetch(`${origin}/v2/models/starter/generate`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        signal: gone.signal,
      }).catch(() => "gone");
    const clients = Promise.all([ask(), ask()]);
    await vi.waitFor(
      async () => expect(await server.get()).toMatchObject({ waiting: 1, isDrawing: true }),
      { timeout: 20_000 },
    );
    gone.abort();
    await clients;
    await vi.waitFor(
      async () => expect(await server.get()).toMatchObject({ waiting: 0, isDrawing: false }),
      { timeout: 3000 },
    );
    await server.stop();
  });

  test("unknown requests are refused by name", async () => {
    const exchange = studio.client.server.exchange({ id: "nothing" });
    await expect(exchange).rejects.toThrow(refusal("NOT_FOUND"));
  });
});
