import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { clientOf } from "../../../engine/server/client-of.ts";
import { createStudio, type Studio } from "../../../engine/studio/create-studio.ts";
import type { StudioOptions } from "../../../engine/studio/studio-options.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** A studio that only looks, so that no device is tried. */
async function open(
  dataFolder: string,
  more: Pick<StudioOptions, "notices"> = {},
): Promise<Studio> {
  const studio = await createStudio({
    ...more,
    dataFolder,
    cacheFolder: join(dataFolder, "caches"),
    isPassive: true,
    addressOf: (kind, id) => `/pictures/${kind}/${id}`,
    freshAddress: () => "http://studio.invalid",
    logError: (error) => expect.unreachable(String(error)),
  });
  onTestFinished(() => studio.close());
  return studio;
}

test("one that only looks draws nothing", async () => {
  const { generation, queue } = clientOf((await open(temporaryFolder())).router);
  await generation.enqueue({ prompt: "a dog" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await queue.get()).generations.map(({ state }) => state)).toEqual(["waiting"]);
});

test("what is damaged is set aside, named, and the studio opens", async () => {
  const dataFolder = temporaryFolder();
  const damage = "no database and no settings, but long enough to be taken for either".repeat(99);
  for (const name of ["queue.sqlite", "gallery.sqlite", "settings.json"])
    writeFileSync(join(dataFolder, name), damage);
  const { machine, queue, settings } = clientOf((await open(dataFolder)).router);
  const { notices } = await machine.get();
  const named = notices.map((notice) => /settings|queue|gallery/.exec(notice)?.[0]);
  expect(new Set(named)).toEqual(new Set(["settings", "queue", "gallery"]));
  expect(readdirSync(dataFolder)).toEqual(
    expect.arrayContaining(["queue.damaged.sqlite", "gallery.damaged.sqlite"]),
  );
  expect([(await queue.get()).generations, (await settings.get()).theme]).toEqual([[], "system"]);
});

test("a damaged settings file is told of in one sentence, after it what was found before", async () => {
  const dataFolder = temporaryFolder();
  writeFileSync(join(dataFolder, "settings.json"), '{"theme": 5');
  const studio = await open(dataFolder, { notices: () => ["tokens.json could not be used."] });
  const { notices } = await clientOf(studio.router).machine.get();
  expect(notices).toEqual([
    expect.stringMatching(
      /^settings\.json could not be used \(.+\)\. It was kept as settings\.damaged\.json, and the studio started without it\.$/,
    ),
    "tokens.json could not be used.",
  ]);
});

test("where one part cannot be opened, none stays open", async () => {
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
