import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test, vi } from "vitest";
import { clientOf } from "../../../engine/server/client-of.ts";
import { type Studio } from "../../../engine/studio/create-studio.ts";
import type { StudioOptions } from "../../../engine/studio/studio-options.ts";
import { openGallery, picture } from "../../fakes/gallery.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { studioInProcess } from "../../fakes/studio-in-process.ts";

/** A studio in which no device is probed. */
function open(
  dataFolder: string,
  more: Pick<StudioOptions, "notices" | "now" | "cacheFolder"> = {},
): Promise<Studio> {
  return studioInProcess({ ...more, dataFolder, isPassive: true });
}

test("a studio that only looks draws nothing", async () => {
  const { generation, queue } = clientOf((await open(temporaryFolder())).router);
  await generation.enqueue({ prompt: "a dog" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await queue.get()).generations.map(({ state }) => state)).toEqual(["waiting"]);
});

test("what a killed writer of weights left is removed at the start", async () => {
  const cacheFolder = temporaryFolder();
  const weights = join(cacheFolder, "weights");
  mkdirSync(weights);
  const left = join(weights, `a.safetensors.${randomUUID()}.part`);
  writeFileSync(left, "half a copy");
  utimesSync(left, 1, 1);
  await open(temporaryFolder(), { cacheFolder });
  await vi.waitFor(() => expect(readdirSync(weights)).toEqual([]), 20_000);
});

test("damaged files are set aside and named, and the studio opens", async () => {
  const dataFolder = temporaryFolder();
  const damage = "no database and no settings, but long enough to be taken for either".repeat(99);
  for (const name of ["queue.sqlite", "gallery.sqlite", "settings.json"])
    writeFileSync(join(dataFolder, name), damage);
  const { machine, queue, settings } = clientOf((await open(dataFolder)).router);
  const { notices } = await machine.get();
  const named = notices.map(({ text }) => /settings|queue|gallery/.exec(text)?.[0]);
  expect(new Set(named)).toEqual(new Set(["settings", "queue", "gallery"]));
  expect(readdirSync(dataFolder)).toEqual(
    expect.arrayContaining(["queue.damaged.sqlite", "gallery.damaged.sqlite"]),
  );
  expect([(await queue.get()).generations, (await settings.get()).theme]).toEqual([[], "system"]);
});

test("a damaged settings file is reported in one sentence, followed by earlier findings", async () => {
  const dataFolder = temporaryFolder();
  writeFileSync(join(dataFolder, "settings.json"), '{"theme": 5');
  const studio = await open(dataFolder, { notices: () => ["tokens.json could not be used."] });
  const { notices } = await clientOf(studio.router).machine.get();
  expect(notices.map(({ text }) => text)).toEqual([
    expect.stringMatching(
      /^settings\.json could not be used \(.+\)\. It was kept as settings\.damaged\.json, and the studio started without it\.$/,
    ),
    "tokens.json could not be used.",
  ]);
});

test("if one part cannot be opened, none stays open", async () => {
  const dataFolder = temporaryFolder();
  writeFileSync(join(dataFolder, "init-images"), "a file in the place of a folder");
  await expect(open(dataFolder)).rejects.toThrow("EEXIST");
  const gallery = new DatabaseSync(join(dataFolder, "gallery.sqlite"), { timeout: 0 });
  gallery.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
  gallery.close();
});

test("event streams end when it is closed", async () => {
  const studio = await open(temporaryFolder());
  const events = await clientOf(studio.router).events.subscribe();
  const heard: string[] = [];
  const listening = (async () => {
    for await (const { type } of events) heard.push(type);
  })();
  await new Promise((resolve) => setTimeout(resolve, 10));
  await studio.close();
  await listening;
  expect(heard).toEqual(["reset"]);
});

test("start images that any row or picture names stay, and all of them while a set-aside queue is there", async () => {
  const dataFolder = temporaryFolder();
  const day = (n: number): Date => new Date(Date.UTC(2026, 10, 1 + n, 12));
  const startOn = async (n: number): Promise<void> => {
    await (await open(dataFolder, { now: () => day(n) })).close();
  };
  await startOn(0);
  const path = join(dataFolder, "queue.sqlite");
  const [named, other, drawnFrom] = ["a".repeat(64), "b".repeat(64), "c".repeat(64)];
  const gallery = await openGallery(dataFolder);
  await gallery.add(picture({ strength: 0.5, initImageId: drawnFrom }));
  await gallery.close();
  for (const id of [named, other, drawnFrom])
    writeFileSync(join(dataFolder, "init-images", id), "x");
  const row = { model: "m", prompt: "", negativePrompt: "", width: 8, height: 8 };
  const database = new DatabaseSync(path);
  const insert = database.prepare(
    "INSERT INTO generation (id, state, place, generation_order, target, created_at) VALUES (?, 'cancelled', ?, ?, 'local', '2026-11-01T12:00:00.000Z')",
  );
  // A picture that only the oldest row names, with more rows than are listed.
  for (let place = 0; place < 250; place++) {
    insert.run(
      `${place}`,
      place,
      JSON.stringify(place === 0 ? { ...row, initImageId: named } : row),
    );
  }
  database.close();
  for (let n = 1; n <= 9; n++) await startOn(n);
  const left = () =>
    readdirSync(join(dataFolder, "init-images"))
      .filter((name) => name.length === 64)
      .toSorted();
  expect(left()).toEqual([named, drawnFrom]);
  writeFileSync(path, "this is no database, but long enough to be taken for one".repeat(20));
  for (let n = 10; n <= 20; n++) await startOn(n);
  expect(left()).toEqual([named, drawnFrom]);
});
