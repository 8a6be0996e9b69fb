import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ConfigProperties } from "../../../engine/archive/config-properties.ts";
import { configOf, NOTEBOOK_FORM } from "../../../engine/archive/serving-form.ts";
import {
  mountedFiles,
  placeOf,
  registeredAtStart,
  storeWithModels,
} from "../../../engine/torchserve/mounted-files.ts";
import { startSettings } from "../../../engine/torchserve/start-settings.ts";
import { notebookMar } from "../../fakes/mar-writer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const EMPTY = ConfigProperties.parse(new Uint8Array());

/** A folder with these files, and what a server in place of TorchServe makes of `store` in it. */
async function mounted(
  files: Readonly<Record<string, string | Uint8Array>>,
  { config = configOf(NOTEBOOK_FORM), store = "model-store" } = {},
) {
  const mount = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(mount, path)), { recursive: true });
    writeFileSync(join(mount, path), content);
  }
  const settings = startSettings({}, config, {});
  const told: string[] = [];
  const found = await storeWithModels(join(mount, store), (line) => told.push(line));
  const registered = await registeredAtStart(settings, found, (line) => told.push(line));
  const places = registered.map(async (one) => {
    const place = await placeOf(one, found).catch(({ code }) => `/${code}`);
    return [one.name, one.version, place.replace(mount, "")];
  });
  // A folder that was not configured is reported.
  expect(told).toHaveLength(found === join(mount, store) ? 0 : 1);
  return { store: found.replace(mount, ""), models: await Promise.all(places) };
}

const MAR = notebookMar();

test("an archive that KServe left beside the model store is found there", async () => {
  const files = { "config/config.properties": "", "stable-diffusion.mar": MAR };
  const beside = [["stable-diffusion", "1.0", "/stable-diffusion.mar"]];
  expect(await mounted(files)).toEqual({ store: "", models: beside });
  // An existing store is used.
  const both = { ...files, "model-store/stable-diffusion.mar": MAR };
  const inside = [["stable-diffusion", "1.0", "/model-store/stable-diffusion.mar"]];
  expect(await mounted(both)).toEqual({ store: "/model-store", models: inside });
});

test("nothing else above the store is treated as a model, and an archive may come later", async () => {
  const later = { store: "/model-store", models: [["stable-diffusion", "1.0", "/NOT_FOUND"]] };
  expect(await mounted({ "notes.txt": "", "weights.bin": "" })).toEqual(later);
});

test.each<[string, Readonly<Record<string, string | Uint8Array>>, string]>([
  ["a snapshot", { "model_index.json": "{}" }, ""],
  [
    "a snapshot in the model store's place",
    { "model-store/model_index.json": "{}" },
    "/model-store",
  ],
  ["what was in an archive", { "MAR-INF/MANIFEST.json": '{"model":{"modelName":"sd"}}' }, ""],
])("%s is served as the store that it was given as", async (_, files, place) => {
  const configured = [["stable-diffusion", "1.0", place]];
  expect(await mounted(files)).toEqual({ store: place, models: configured });
  const { models } = await mounted(files, { config: EMPTY, store: place.slice(1) });
  expect(models).toEqual([[expect.stringMatching(/^(stable-diffusion|sd)$/), "1.0", place]]);
});

test("`all` means archives and models, and one line names what else is there", async () => {
  const mount = temporaryFolder();
  for (const [path, content] of Object.entries({
    "b.mar": MAR,
    "a/model_index.json": "{}",
    "notes/read.me": "",
    "weights.bin": "",
    "empty.zip": "",
    ".hidden": "",
    "c.txt": MAR,
    ...Object.fromEntries(["x", "y", "z"].map((name) => [name, ""])),
  })) {
    mkdirSync(dirname(join(mount, path)), { recursive: true });
    writeFileSync(join(mount, path), content);
  }
  const told: string[] = [];
  const settings = startSettings({ models: ["all"] }, EMPTY, {});
  const found = await registeredAtStart(settings, mount, (line) => told.push(line));
  expect(found.map(({ name, url }) => [name, url])).toEqual([
    ["a", "a"],
    ["stable-diffusion", "b.mar"],
  ]);
  expect(told).toEqual([
    'Not loaded, being neither an archive nor a model: "c.txt", "empty.zip", "notes", "weights.bin", "x" and 2 more.',
  ]);
  // If the store itself is a model, its subfolders are not treated as other models.
  writeFileSync(join(mount, "model_index.json"), "{}");
  await registeredAtStart(settings, mount, (line) => told.push(line));
  expect(told).toHaveLength(1);
});

test("models without a name, or with an existing one, are reported and do not affect the others", async () => {
  const mount = temporaryFolder();
  const named = { defaultVersion: true, marName: "a.mar" };
  const models = {
    good: { "1.0": named, "2\n0": named },
    "a/b": { "1.0": named },
    "x\u001b[2J": { "1.0": named },
    ...Object.fromEntries(Array.from({ length: 1100 }, (_, i) => [`m${i}`, { "1.0": named }])),
  };
  const text = `model_snapshot=${JSON.stringify({ models })}\n`;
  const settings = startSettings({}, ConfigProperties.parse(Buffer.from(text)), {});
  const told: string[] = [];
  const found = await registeredAtStart(settings, mount, (line) => told.push(line));
  expect(found).toHaveLength(1000);
  expect(found.map(({ name }) => name)).toContain("good");
  expect(told.slice(0, 3)).toEqual(
    ["good 2\\u000a0", "a/b 1.0", "x\\u001b[2J 1.0"].map(
      (name) =>
        `Not loaded: ${name}, since names and versions have letters, digits, dots, - and _.`,
    ),
  );
  expect(told[3]).toBe("Not loaded: m999 1.0, since there are more than 1000 models.");
  expect(told.at(-1)).toBe("Not loaded: 84 more, for reasons like these.");
  // Two archives with the same model name.
  writeFileSync(join(mount, "a.mar"), MAR);
  writeFileSync(join(mount, "b.mar"), MAR);
  const all = startSettings({ models: ["all"] }, EMPTY, {});
  told.length = 0;
  const [one, ...others] = await registeredAtStart(all, mount, (line) => told.push(line));
  expect([one?.url, others]).toEqual(["a.mar", []]);
  expect(told).toEqual([
    "Not loaded: stable-diffusion 1.0, since another model has that name and version.",
  ]);
});

test("a bucket needs no configuration, although a pod's arguments name one", async () => {
  const modelStore = temporaryFolder();
  const tsConfig = "/mnt/models/not-in-this-bucket/config.properties";
  const { config, place } = await mountedFiles({ modelStore, tsConfig }, {});
  expect(config.settings).toEqual([]);
  expect(place).toBe(`none, since ${tsConfig} does not exist`);
  const elsewhere = { modelStore, tsConfig: join(modelStore, "config.properties") };
  await expect(mountedFiles(elsewhere, {})).rejects.toMatchObject({ code: "NOT_FOUND" });
});
