import { describe, expect, test, vi } from "vitest";
import type { Endpoint } from "../../engine/contract/endpoints.ts";
import { certificate } from "../fakes/certificates.ts";
import { refusal } from "../fakes/refusal.ts";
import { knativeEdge } from "../fakes/cold-edge.ts";
import { EDGE, notebookService, PIXELS } from "../fakes/notebook-service.ts";
import { always, standInEndpoint, type Answer } from "../fakes/stand-in-endpoint.ts";
import { Listener, StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

const CANARY = "canary-7f3a9c51d0ab";

describe.each(TRANSPORTS)("endpoints, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);

  /** Adds an endpoint with this answer, without checking it. */
  async function open(answer: Answer = notebookService()): Promise<Endpoint> {
    const edge = await standInEndpoint(answer);
    // These tests are about pictures only.
    return studio.client.endpoints.add({
      url: edge.url,
      name: `edge ${edge.port}`,
      startSeconds: 0,
    });
  }

  async function enqueue(target: string, more: object = {}): Promise<string> {
    const asked = { prompt: "a dog", target, ...more };
    const { generationIds } = await studio.client.generation.enqueue(asked);
    return generationIds[0]!;
  }

  test("an endpoint is added, changed, given a token and removed, and every change is reported", async () => {
    const listener = await Listener.at(studio.client);
    const { endpoints } = studio.client;
    const added = await endpoints.add({
      url: "https://kt2-sd-proj.apps.example.com/v2/models/stable-diffusion/infer",
      token: `${CANARY}\n`,
      headers: [{ name: "X-API-Key", value: `${CANARY}-header` }],
    });
    expect(added).toMatchObject({
      name: "kt2-sd-proj",
      origin: "https://kt2-sd-proj.apps.example.com",
      model: "stable-diffusion",
      profile: "prompt",
      hasToken: true,
      headers: ["X-API-Key"],
      timeoutSeconds: 600,
    });
    const { id } = added;
    expect(await endpoints.change({ id, name: "the notebook's" })).toEqual({
      ...added,
      name: "the notebook's",
    });
    expect(await endpoints.setToken({ id, token: null })).toMatchObject({ hasToken: false });
    const told = await listener.until(
      (event) => event.type === "endpoints-changed" && event.endpoints[0]?.hasToken === false,
    );
    expect(told).toMatchObject({ endpoints: await endpoints.list() });
    await endpoints.remove({ id });
    await listener.until(({ type }) => type === "endpoints-removed");
    expect(await endpoints.list()).toEqual([]);
    listener.leave();
    expect(JSON.stringify([added, listener.events])).not.toContain(CANARY);
  });

  test("invalid endpoints are refused by name, without secrets", async () => {
    const { endpoints } = studio.client;
    const adding = endpoints.add({ url: `https://user:${CANARY}@edge.example` });
    await expect(adding).rejects.toEqual(refusal("REQUEST_INVALID"));
    await expect(adding).rejects.not.toThrow(CANARY);
    const id = "nobody";
    const refused = await Promise.allSettled([
      endpoints.change({ id }),
      endpoints.remove({ id }),
      endpoints.setToken({ id, token: null }),
      endpoints.test({ id }),
      enqueue(id),
      studio.client.generation.estimate({ prompt: "a dog", target: id }),
    ]);
    const reason = refusal("NOT_FOUND", { what: "endpoint", id });
    expect(refused).toEqual(refused.map(() => ({ status: "rejected", reason })));
    await expect(endpoints.certificates({ url: "http://127.0.0.1:1" })).rejects.toEqual(
      refusal("REQUEST_INVALID"),
    );
  });

  test("a picture drawn there is added to the gallery, with only what was sent and reported", async () => {
    const listener = await Listener.at(studio.client);
    const added = await open();
    const { id, name } = added;
    expect(added).toMatchObject({ isKindAssumed: true, isModelAssumed: true });
    expect(await studio.client.endpoints.test({ id })).toMatchObject({
      state: "ready",
      models: ["stable-diffusion"],
    });
    const tested = (await studio.client.endpoints.list()).find((one) => one.id === id);
    expect(tested).toMatchObject({ kind: "v2", model: "stable-diffusion" });
    expect([tested?.isKindAssumed, tested?.isModelAssumed]).toEqual([undefined, undefined]);
    const estimating = studio.client.generation.estimate({ prompt: "a dog", target: id });
    await expect(estimating).rejects.toEqual(refusal("NOT_FOUND"));
    const asked = { negativePrompt: "blurry", steps: 30, seed: "7", width: 512 };
    const done = await studio.until(await enqueue(id, asked), "done");
    expect(done).toMatchObject({ target: id });
    expect(done.order).toEqual({
      model: "stable-diffusion",
      prompt: "a dog",
      negativePrompt: "",
      width: 512,
      height: 512,
      isSizeOpen: true,
    });
    const image = await studio.client.gallery.get({ id: done.imageId! });
    expect(image).toMatchObject({ target: id, seconds: { load: 0, text: 0, decode: 0 } });
    expect(image.record).toEqual({
      prompt: "a dog",
      negativePrompt: "",
      width: 3,
      height: 2,
      model: "stable-diffusion",
      device: name,
      createdAt: expect.any(String),
      software: "Darkroom",
      version: "0.1.0",
    });
    const { decodePicture } = await import("../../engine/codecs/picture-codec.ts");
    const { data } = await decodePicture(await studio.picture(image.address), "it");
    expect(data).toEqual(Uint8Array.from(PIXELS.flat(2)));
    await listener.until((event) => event.type === "progress" && event.progress.stage === "asking");
    await listener.until(
      (event) => event.type === "endpoints-changed" && event.endpoints[0]?.medianOf === 1,
    );
    listener.leave();
    const estimate = await studio.client.generation.estimate({ prompt: "a dog", target: id });
    expect(estimate).toMatchObject({ basis: "measured", loadSeconds: 0 });
    const { targets } = await studio.client.gallery.facets();
    expect(targets).toContainEqual({ name: id, count: 1 });
  });

  test("an endpoint that is scaled to zero is visibly waited for, and a cancel says if its server may continue", async () => {
    const edge = knativeEdge();
    const standIn = await standInEndpoint(edge.answer);
    const { id: target } = await studio.client.endpoints.add({ url: standIn.url });
    const listener = await Listener.at(studio.client);
    const waiting = await enqueue(target);
    const told = await listener.until(
      (event) => event.type === "progress" && event.progress.stage === "starting",
    );
    expect(told).toMatchObject({
      generationId: waiting,
      progress: { starting: { phases: [{ phase: "held", fromSeconds: 0 }], limitSeconds: 60 } },
    });
    await studio.client.generation.cancel({ ids: [waiting] });
    const unsent = await studio.until(waiting, "cancelled");
    expect(unsent.error).toBeUndefined();
    expect(standIn.seen.filter(({ method }) => method === "POST")).toEqual([]);

    const held = await open((response, request, count) =>
      request.method === "POST" ? undefined : notebookService()(response, request, count),
    );
    const sent = await enqueue(held.id);
    await listener.until((event) => event.type === "progress" && event.progress.isSent === true);
    await studio.client.generation.cancel({ ids: [sent] });
    const left = await studio.until(sent, "cancelled");
    expect(left.error).toMatchObject({ code: "ENDPOINT_LEFT", details: { name: held.name } });
    listener.leave();
  });

  test("an endpoint's requests are counted by day, and deleted with it", async () => {
    const { id } = await open();
    await studio.until(await enqueue(id), "done");
    const { endpoints } = studio.client;
    const [stats] = await endpoints.stats({ id, span: "day" });
    expect(stats).toMatchObject({ id, span: "day", pictures: { done: 1, failed: 0 } });
    expect((await endpoints.stats({})).map((one) => one.id)).toContain(id);
    await endpoints.remove({ id });
    await expect(endpoints.stats({ id })).rejects.toThrow("There is no endpoint");
  });

  test("endpoints draw in parallel, each one picture at a time; pausing holds them all", async () => {
    const held: (() => void)[] = [];
    const holding: Answer = (response, request, count) => {
      held.push(() => notebookService()(response, request, count));
    };
    const [one, two] = [await open(holding), await open(holding)];
    const first = await enqueue(one.id, { count: 2 });
    const other = await enqueue(two.id);
    await studio.until(first, "running");
    await studio.until(other, "running");
    const { generations } = await studio.client.queue.get();
    const open2 = generations.filter(
      ({ target, state }) => target === one.id && state === "waiting",
    );
    expect(open2.length).toBe(1);
    await expect(studio.client.endpoints.remove({ id: one.id })).rejects.toThrow(
      "it is still needed for 2 queued pictures",
    );
    await studio.client.queue.pause();
    await vi.waitFor(() => expect(held.length).toBe(2), 20_000);
    for (const answer of held) answer();
    await studio.until(first, "done");
    await studio.until(other, "done");
    expect((await studio.client.generation.get({ id: open2[0]!.id })).state).toBe("waiting");
    await studio.client.queue.resume();
    await studio.until(open2[0]!.id, "running");
    await vi.waitFor(() => expect(held.length).toBe(3), 20_000);
    held[2]!();
    await studio.until(open2[0]!.id, "done");
    await studio.client.endpoints.remove({ id: one.id });
  });

  test("a cancelled endpoint is free at once, and gets no more requests for it", async () => {
    const edge = await standInEndpoint(() => {});
    const { id } = await studio.client.endpoints.add({ url: edge.url });
    const asked = await enqueue(id);
    await vi.waitFor(() => expect(edge.seen.length).toBe(1), 20_000);
    await studio.client.generation.cancel({ ids: [asked] });
    await studio.until(asked, "cancelled");
    await vi.waitFor(() => expect(edge.sockets.size).toBe(0), 20_000);
    expect((await studio.client.endpoints.list()).find((one) => one.id === id)).not.toHaveProperty(
      "lastError",
    );
  });

  test("a failed picture says why, here and on the endpoint's card, and is tried again", async () => {
    let isMended = false;
    const { id } = await open((...asked) =>
      (isMended ? notebookService() : EDGE.routeTimeout)(...asked),
    );
    const generation = await enqueue(id);
    const failed = await studio.until(generation, "failed");
    expect(failed.error?.code).toBe("ENDPOINT_TIMED_OUT");
    const card = async () => (await studio.client.endpoints.list()).find((one) => one.id === id);
    expect((await card())?.lastError?.code).toBe("ENDPOINT_TIMED_OUT");
    isMended = true;
    await studio.client.generation.retry({ ids: [generation] });
    await studio.until(generation, "done");
    await vi.waitFor(async () => expect(await card()).not.toHaveProperty("lastError"), 20_000);
  });

  test("a start image stays here", async () => {
    const { id } = await open();
    await expect(enqueue(id, { initImageId: "x" })).rejects.toThrow(
      "endpoints take no start image",
    );
  });

  test("a certificate is read and trusted for its endpoint, and then a test succeeds", async () => {
    const edge = await standInEndpoint(always(200, "{}"), await certificate({ name: "edge" }));
    const { endpoints } = studio.client;
    const { id } = await endpoints.add({ url: edge.url });
    expect((await endpoints.test({ id })).error?.code).toBe("ENDPOINT_CERTIFICATE");
    const [shown] = await endpoints.certificates({ url: edge.url });
    expect(shown).toMatchObject({ subject: "edge", issuer: "edge" });
    await endpoints.change({ id, ca: shown!.pem });
    expect((await endpoints.test({ id })).state).toBe("ready");
    const { pem: _, ...told } = shown!;
    expect((await endpoints.list()).find((one) => one.id === id)?.certificate).toEqual(told);
  });
});
