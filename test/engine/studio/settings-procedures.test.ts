import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call } from "@orpc/server";
import { expect, test } from "vitest";
import type { Settings } from "../../../engine/contract/settings.ts";
import { FormFile } from "../../../engine/settings/form-file.ts";
import { SettingsFile } from "../../../engine/settings/settings-file.ts";
import { EventLog } from "../../../engine/studio/event-log.ts";
import { settingsProcedures } from "../../../engine/studio/settings-procedures.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

async function trial() {
  const folder = temporaryFolder();
  const events = new EventLog(0);
  const stream = events.follow(0);
  const changes: (readonly [Settings["theme"], Settings["theme"]])[] = [];
  const procedures = settingsProcedures({
    settings: await SettingsFile.open(folder),
    form: await FormFile.open(folder),
    events,
    onChange: (now, before) => void changes.push([before.theme, now.theme]),
  });
  return { folder, procedures, changes, stream };
}

test("a change is saved, reported and acted on", async () => {
  const { folder, procedures, changes, stream } = await trial();
  const now = await call(procedures.change, { theme: "dark" });
  expect(await call(procedures.get, undefined)).toEqual(now);
  expect((await stream.next()).value).toEqual({
    id: 1,
    event: { type: "settings-changed", settings: now },
  });
  expect(changes).toEqual([["system", "dark"]]);
  expect((await SettingsFile.open(folder)).read().theme).toBe("dark");
});

test("a picture folder is a full path", async () => {
  const { procedures, changes, folder } = await trial();
  await expect(call(procedures.change, { pictureFolder: "pictures" })).rejects.toMatchObject({
    code: "REQUEST_INVALID",
  });
  expect(changes).toEqual([]);
  await call(procedures.change, { pictureFolder: join(folder, "pictures") });
  expect((await call(procedures.change, { pictureFolder: null })).pictureFolder).toBeUndefined();
});

test("a missing picture folder is created; one that cannot be is refused when it is saved", async () => {
  const { procedures, changes, folder } = await trial();
  const made = join(folder, "of/this/year");
  await call(procedures.change, { pictureFolder: made });
  expect(statSync(made).isDirectory()).toBe(true);
  const file = join(folder, "file");
  writeFileSync(file, "");
  for (const pictureFolder of [file, join(file, "x")]) {
    await expect(call(procedures.change, { pictureFolder })).rejects.toMatchObject({
      code: "REQUEST_INVALID",
      message: `The folder cannot be ${pictureFolder}: a file is in the way. Change the value and try again.`,
    });
  }
  // Folders of the system are there, and root may do anything, but nothing can be made in them.
  for (const pictureFolder of ["/proc/pictures", "/proc/self/fd", "/sys/kernel"]) {
    await expect(call(procedures.change, { pictureFolder })).rejects.toMatchObject({
      code: "REQUEST_INVALID",
      message: `The folder cannot be ${pictureFolder}: Darkroom cannot write there. Change the value and try again.`,
    });
  }
  expect(readdirSync(made)).toEqual([]);
  expect((await call(procedures.get, undefined)).pictureFolder).toBe(made);
  expect(changes).toHaveLength(1);
});

test("a pattern for file names has no unknown word in braces", async () => {
  const { procedures } = await trial();
  const change = (fileNamePattern: string) => call(procedures.change, { fileNamePattern });
  await expect(change("{date}/{nope}-{seed}")).rejects.toThrow(/\{nope\} is not one of \{id\}/);
  expect(await change("{model}/a{b-{seed}")).toMatchObject({
    fileNamePattern: "{model}/a{b-{seed}",
  });
});

test("an unknown setting is refused before anything is written", async () => {
  const { procedures, changes } = await trial();
  await expect(call(procedures.change, { colour: "red" } as never)).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
  expect(changes).toEqual([]);
});

test("the form is returned as it was left", async () => {
  const { procedures } = await trial();
  await call(procedures.writeForm, { prompt: "a lighthouse", sizes: [128, 128] });
  expect(await call(procedures.readForm, undefined)).toEqual({
    prompt: "a lighthouse",
    sizes: [128, 128],
  });
});
