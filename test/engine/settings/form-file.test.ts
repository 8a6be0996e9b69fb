import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FormFile } from "../../../engine/settings/form-file.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("the whole form survives a restart", async () => {
  const folder = temporaryFolder();
  const form = await FormFile.open(folder);
  expect(form.read()).toEqual({});
  await form.write({ prompt: "a lighthouse", seed: null });
  await form.write({ prompt: "a lamp", steps: 30 });
  expect((await FormFile.open(folder)).read()).toEqual({ prompt: "a lamp", steps: 30 });
});

test("of many writes at once the last one stays", async () => {
  const folder = temporaryFolder();
  const form = await FormFile.open(folder);
  await Promise.all(Array.from({ length: 50 }, (_, steps) => form.write({ steps })));
  expect((await FormFile.open(folder)).read()).toEqual({ steps: 49 });
});

test("a form is read as it was last written, also before it is on the disk", async () => {
  const form = await FormFile.open(temporaryFolder());
  const written = form.write({ steps: 7 });
  expect(form.read()).toEqual({ steps: 7 });
  await written;
});

test("a form that is too large is refused, and the old one stays", async () => {
  const folder = temporaryFolder();
  const form = await FormFile.open(folder);
  await form.write({ steps: 1 });
  await expect(form.write({ prompt: "x".repeat(300_000) })).rejects.toMatchObject({
    code: "REQUEST_INVALID",
  });
  expect((await FormFile.open(folder)).read()).toEqual({ steps: 1 });
});

test("the largest accepted form is read again", async () => {
  const folder = temporaryFolder();
  const form = await FormFile.open(folder);
  const prompt = "x".repeat((256 << 10) - 22);
  await form.write({ prompt });
  expect((await FormFile.open(folder)).read()).toEqual({ prompt });
});

test("a damaged form is set aside", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "form.json"), "[1]");
  const form = await FormFile.open(folder);
  expect(form.read()).toEqual({});
  expect(form.notices).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(["form.damaged.json"]);
});
