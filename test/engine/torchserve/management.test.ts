import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ModelManagement } from "../../../engine/torchserve/management.ts";
import { ModelTable } from "../../../engine/torchserve/model-table.ts";
import { notebookMar } from "../../fakes/mar-writer.ts";
import { registration } from "../../fakes/registration.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** The management of an empty table, over a store with archives at these paths. */
function managed(paths: readonly string[], isModelApiOn = true) {
  const modelStore = temporaryFolder();
  const put = (path: string): void => {
    mkdirSync(dirname(join(modelStore, path)), { recursive: true });
    writeFileSync(join(modelStore, path), notebookMar());
  };
  paths.forEach(put);
  const table = new ModelTable(async () => {});
  const management = new ModelManagement({
    table,
    modelStore,
    isModelApiOn,
    engine: { models: async () => [] },
    responseSeconds: 120,
    waiting: () => ({ left: 1, count: 0 }),
    device: () => "cpu",
    logError: () => {},
  });
  const urls = () => table.list().map(({ name, url }) => `${name} at ${url}`);
  return { modelStore, table, management, urls };
}

test.each([
  ["late.mar"],
  ["late.tar.gz"],
  ["late/any.mar"],
  ["late/model-store/stable-diffusion.mar"],
])("a model is adopted by its name from %s", async (path) => {
  const { management, urls } = managed([path, "other.mar"]);
  await management.adopt("late");
  expect(urls()).toEqual([`late at ${path}`]);
  await management.adopt("late");
  expect(urls()).toEqual([`late at ${path}`]);
});

test.each([["absent"], ["../late"], [".."], ["two"], [""]])("%o adopts nothing", async (name) => {
  const { management, urls } = managed(["late.mar", "two/one.mar", "two/other.mar"]);
  await management.adopt(name);
  expect(urls()).toEqual([]);
});

test("what is registered by another name is not registered again, even without the model API", async () => {
  const { management, table, urls } = managed(["stable-diffusion.mar"], false);
  await expect(management.adopt("stable-diffusion")).rejects.toMatchObject({
    code: "METHOD_REFUSED",
  });
  table.add({ ...registration("sd"), url: "stable-diffusion.mar" });
  await management.adopt("stable-diffusion");
  expect(urls()).toEqual(["sd at stable-diffusion.mar"]);
});

test("an adopted model is forgotten with its files; one of the start stays", async () => {
  const { modelStore, management, table, urls } = managed(["late.mar"]);
  await management.adopt("late");
  const [late] = table.find("late");
  await management.forget(late);
  expect(urls()).toEqual(["late at late.mar"]);
  renameSync(join(modelStore, "late.mar"), join(modelStore, "gone.mar"));
  table.add({ ...late, name: "first", isLoadedAtStart: true });
  for (const name of ["late", "first"]) await management.forget(table.find(name)[0]);
  expect(urls()).toEqual(["first at late.mar"]);
});
