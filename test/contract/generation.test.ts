import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { StudioEvent } from "../../engine/contract/events.ts";
import { readPngTexts } from "../../engine/image/png/read-png-texts.ts";
import { readGeneration } from "../../engine/image/generation-text.ts";
import { refusal } from "../fakes/refusal.ts";
import { Listener, LONG, QUICK, StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

describe.each(TRANSPORTS)("generation, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);

  /** Requests one picture and returns its id. */
  async function ask(request: object): Promise<string> {
    const { generationIds } = await studio.client.generation.enqueue({ ...QUICK, ...request });
    return generationIds[0] ?? "";
  }

  async function pictureOf(id: string): Promise<Uint8Array> {
    const { imageId = "" } = await studio.until(id, "done");
    return studio.picture((await studio.client.gallery.get({ id: imageId })).address);
  }

  test("open settings are decided at once, with a seed for each picture", async () => {
    const { generationIds } = await studio.client.generation.enqueue({
      prompt: "a dog",
      count: 3,
      steps: 2,
    });
    const all = await Promise.all(generationIds.map((id) => studio.client.generation.get({ id })));
    const first = BigInt(all[0]!.order.seed!);
    expect(all.map(({ order }) => order)).toEqual(
      [0n, 1n, 2n].map((i) => ({
        model: "starter",
        prompt: "a dog",
        negativePrompt: "",
        steps: 2,
        guidanceScale: 3,
        width: 128,
        height: 128,
        scheduler: "ddim",
        seed: String(first + i),
      })),
    );
    await Promise.all(generationIds.map((id) => studio.until(id, "done")));
  });

  test("a picture is drawn, stored and reported, in this order", async () => {
    // Then every network of this size is open.
    await studio.until(await ask({}), "done");
    const listener = await Listener.at(studio.client);
    const id = await ask({ steps: 3, prompt: "a prompt of its own" });
    const isDone = (event: StudioEvent) => tell(event, id).includes("done");
    await listener.until(isDone);
    listener.leave();
    const stages = [
      "text 0",
      "denoising 0",
      "denoising 1",
      "denoising 2",
      "decoding 3",
      "saving 3",
    ];
    const told = listener.events.flatMap((event) => tell(event, id));
    expect(told.filter((one, i) => one !== told[i - 1])).toEqual([
      "waiting",
      "running",
      "loading 0",
      ...stages,
      "picture",
      "done",
    ]);
  });

  test("the picture contains its settings, which can be recalled from its file", async () => {
    const png = await pictureOf(
      await ask({ prompt: "ein grüner Fisch 🐟", negativePrompt: "red" }),
    );
    const record = readGeneration(readPngTexts(png));
    expect(record).toMatchObject({
      prompt: "ein grüner Fisch 🐟",
      negativePrompt: "red",
      seed: "7",
      steps: 2,
      width: 64,
      model: "starter",
      device: "cpu",
    });
    const file = new File([png as Uint8Array<ArrayBuffer>], "fish.png", { type: "image/png" });
    expect(await studio.client.generation.recall({ file })).toEqual({ record, writer: "darkroom" });
  });

  test("a developing picture can be watched", async () => {
    const id = await ask(LONG);
    const { progress } = await studio.untilStep(id, 2);
    const preview = await studio.picture(progress?.preview ?? "");
    expect(progress).toMatchObject({ stage: "denoising", steps: 1000 });
    expect(progress?.secondsLeft).toBeGreaterThan(0);
    expect(Buffer.from(preview).subarray(1, 4).toString()).toBe("PNG");
    await studio.client.generation.cancel({ ids: [id] });
    await studio.until(id, "cancelled");
  });

  test("cancelling frees the device within two seconds; the next is drawn", async () => {
    const [long, next] = [await ask({ ...LONG, width: 512, height: 512 }), await ask({})];
    await studio.untilStep(long, 1);
    const start = performance.now();
    await studio.client.generation.cancel({ ids: [long] });
    const cancelled = await studio.until(long, "cancelled");
    expect(performance.now() - start).toBeLessThan(2000);
    expect(cancelled.error).toBeUndefined();
    await studio.until(next, "done");
  });

  test("a failed generation keeps its reason, the others are drawn, and it can be tried again", async () => {
    const { imageId = "" } = await studio.until(await ask({}), "done");
    const start = await studio.client.generation.useAsInitImage({ imageId });
    await studio.client.queue.pause();
    const failing = await ask({ initImageId: start.id });
    const next = await ask({});
    const file = join(studio.folder, "init-images", start.id);
    const bytes = readFileSync(file);
    rmSync(file);
    await studio.client.queue.resume();
    await studio.until(next, "done");
    const { state, error } = await studio.client.generation.get({ id: failing });
    expect([state, error?.code]).toEqual(["failed", "NOT_FOUND"]);
    writeFileSync(file, bytes);
    await studio.client.generation.retry({ ids: [failing] });
    await studio.until(failing, "done");
  });

  test("a cancelled generation, tried again, gives the same picture", async () => {
    const asked = { ...QUICK, steps: 20, seed: "11" };
    const right = pixelsOf(await pictureOf(await ask(asked)));
    const id = await ask(asked);
    await studio.untilStep(id, 1);
    await studio.client.generation.cancel({ ids: [id] });
    await studio.until(id, "cancelled");
    await studio.client.generation.retry({ ids: [id] });
    expect(pixelsOf(await pictureOf(id))).toBe(right);
  });

  test("waiting generations can be reordered, and all but the running one cancelled", async () => {
    const running = await ask(LONG);
    await studio.untilStep(running, 1);
    const [first, second] = [await ask({}), await ask({})];
    const front = await ask({ isFirst: true });
    await studio.client.generation.move({ id: second, before: first });
    const open = async () => {
      const { generations } = await studio.client.queue.get();
      return generations
        .filter(({ state }) => ["waiting", "running"].includes(state))
        .map(({ id }) => id);
    };
    expect(await open()).toEqual([running, front, second, first]);
    await studio.client.generation.cancelOthers();
    expect(await open()).toEqual([running]);
    await studio.client.generation.cancel({ ids: [running] });
    await studio.until(running, "cancelled");
    const ids = [first, second, front];
    await studio.client.generation.prune({ ids });
    await expect(studio.client.generation.get({ id: first })).rejects.toThrow(
      refusal("NOT_FOUND", { what: "generation", id: first }),
    );
  });

  test("nothing new starts while the queue is paused", async () => {
    const running = await ask({ ...LONG, steps: 30 });
    await studio.untilStep(running, 1);
    await studio.client.queue.pause();
    const waiting = await ask({});
    await studio.until(running, "done");
    const paused = await studio.client.queue.get();
    expect([paused.isPaused, paused.generations[0]?.id, paused.generations[0]?.state]).toEqual([
      true,
      waiting,
      "waiting",
    ]);
    expect((await studio.client.machine.get()).loadedModel).toBeUndefined();
    await studio.client.queue.resume();
    await studio.until(waiting, "done");
  });

  test("counts tokens, and says where the text encoder stops reading", async () => {
    const { countTokens } = studio.client.generation;
    const long = "fish ".repeat(80);
    expect([
      await countTokens({ prompt: "two purple fish" }),
      await countTokens({ prompt: long }),
    ]).toEqual([
      { count: 3, limit: 75 },
      { count: 80, limit: 75, cutAt: 375 },
    ]);
  });

  test("estimates a picture's time before it is requested", async () => {
    const { estimate } = studio.client.generation;
    const [small, large] = [
      await estimate(QUICK),
      await estimate({ ...QUICK, width: 512, height: 512 }),
    ];
    expect([small.basis, large.basis]).toEqual(["measured", "measured"]);
    expect(large.secondsPerStep).toBeGreaterThan(4 * small.secondsPerStep);
    expect(small.seconds).toBeGreaterThan(2 * small.secondsPerStep);
    const [needs = 0, more = 0] = [small, large].map(({ memory }) => memory?.neededBytes);
    expect(needs).toBeGreaterThan(1e8);
    expect(more).toBeGreaterThan(needs);
  });

  test("uses a gallery picture as the start image, by its content and strength", async () => {
    const first = await studio.until(await ask({}), "done");
    const start = await studio.client.generation.useAsInitImage({ imageId: first.imageId ?? "" });
    expect(start).toMatchObject({ width: 64, height: 64 });
    expect(await studio.client.generation.getInitImage({ id: start.id })).toMatchObject(start);
    expect(
      Buffer.from(await studio.picture(start.address))
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
    const id = await ask({ initImageId: start.id, strength: 0.5, steps: 4 });
    const { order, imageId = "" } = await studio.until(id, "done");
    expect(order).toMatchObject({ initImageId: start.id, strength: 0.5 });
    const { record } = await studio.client.gallery.get({ id: imageId });
    expect(record).toMatchObject({ strength: 0.5, initImageId: start.id });
    expect(record.resizeMode).toBeUndefined();
  });

  test("a picture with a start image names it, and can be drawn again from its record", async () => {
    const first = await studio.until(await ask({}), "done");
    const start = await studio.client.generation.useAsInitImage({ imageId: first.imageId ?? "" });
    const how = { initImageId: start.id, strength: 0.5, steps: 4, resizeMode: "crop" } as const;
    const png = await pictureOf(await ask({ ...how, width: 128 }));
    const file = new File([png as Uint8Array<ArrayBuffer>], "drawn.png", { type: "image/png" });
    const { requests } = await studio.client.generation.readRecorded({ file });
    expect(requests).toMatchObject([how]);
    const { generationIds } = await studio.client.generation.enqueue(requests[0]!);
    const again = await pictureOf(generationIds[0] ?? "");
    expect(pixelsOf(again)).toBe(pixelsOf(png));
    const stretched = await pictureOf(await ask({ ...how, resizeMode: "default", width: 128 }));
    expect(pixelsOf(stretched)).not.toBe(pixelsOf(png));
  });

  test("stores a start image from outside once, however often it is sent", async () => {
    const png = await pictureOf(await ask({}));
    const file = new File([png as Uint8Array<ArrayBuffer>], "start.png", { type: "image/png" });
    const [one, two] = [
      await studio.client.generation.addInitImage({ file }),
      await studio.client.generation.addInitImage({ file }),
    ];
    expect(one.id).toBe(two.id);
  });

  const FILE = new File(["not a picture"], "letter.png", { type: "image/png" });
  const reason = "it is neither PNG nor JPEG nor WebP";

  test.each([
    ["a size", { ...QUICK, width: 65 }, "REQUEST_INVALID", /^width cannot be 65: /],
    ["steps", { ...QUICK, steps: 0 }, "REQUEST_INVALID", /^steps cannot be 0: /],
    ["a word too many", { ...QUICK, colour: "red" }, "REQUEST_INVALID", /colour/],
    [
      "a model that is not there",
      { ...QUICK, model: "none" },
      "NOT_FOUND",
      /^There is no model called none/,
    ],
    [
      "a start that is not there",
      { ...QUICK, initImageId: "none" },
      "NOT_FOUND",
      /^There is no start image called none/,
    ],
  ])("refuses %s before it is queued", async (_, request, code, words) => {
    const before = await studio.client.queue.get();
    await expect(studio.client.generation.enqueue(request)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words) as string,
    });
    expect((await studio.client.queue.get()).generations).toHaveLength(before.generations.length);
  });

  test("refuses a strength that leaves no step", async () => {
    const { imageId = "" } = await studio.until(await ask({}), "done");
    const { id } = await studio.client.generation.useAsInitImage({ imageId });
    await expect(ask({ initImageId: id, strength: 0.1, steps: 5 })).rejects.toThrow(
      refusal("REQUEST_INVALID", {
        field: "strength",
        value: 0.1,
        reason: "of 5 steps it leaves none to run",
      }),
    );
  });

  test("refuses a file that is not a picture, by its name", async () => {
    const unreadable = refusal("IMAGE_UNREADABLE", { file: "letter.png", reason });
    await expect(studio.client.generation.addInitImage({ file: FILE })).rejects.toThrow(unreadable);
    await expect(studio.client.generation.recall({ file: FILE })).rejects.toThrow(unreadable);
  });

  test("a finished generation is neither tried again nor cancelled", async () => {
    const id = await ask({});
    await studio.until(id, "done");
    await studio.client.generation.cancel({ ids: [id] });
    expect((await studio.client.generation.get({ id })).state).toBe("done");
    await expect(studio.client.generation.retry({ ids: [id] })).rejects.toThrow(
      refusal("STATE_CONFLICT", { what: "The generation", wanted: "waiting", state: "done" }),
    );
  });
});

/** What an event says about a generation and about new pictures, in words. */
function tell(event: StudioEvent, id: string): string[] {
  if (event.type === "progress" && event.generationId === id) {
    return [`${event.progress.stage} ${event.progress.step}`];
  }
  if (event.type === "generations-changed") {
    return event.generations.filter((one) => one.id === id).map(({ state }) => state);
  }
  return event.type === "images-changed" ? ["picture"] : [];
}

/** The compressed pixels: everything after the texts, which contain the date. */
function pixelsOf(png: Uint8Array): string {
  const text = Buffer.from(png).toString("latin1");
  return text.slice(text.indexOf("IDAT"));
}
