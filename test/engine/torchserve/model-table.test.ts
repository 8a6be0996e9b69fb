import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, asyncProperty, string } from "fast-check";
import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { ModelTable, placeInStore } from "../../../engine/torchserve/model-table.ts";
import { registration } from "../../fakes/registration.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("a model is ready once it is loaded, and says why it is not", async () => {
  const loads = [new Error("damaged"), undefined];
  const table = new ModelTable(async () => {
    const error = loads.shift();
    if (error !== undefined) throw error;
  });
  table.add(registration("sd"));
  expect(table.list()).toMatchObject([
    {
      state: "unavailable",
      reason: "it has no worker",
      fix: "PUT /models/sd?min_worker=1 adds one",
    },
  ]);
  await expect(table.load(registration("sd"))).rejects.toThrow("damaged");
  expect(table.list()).toMatchObject([{ state: "unavailable", reason: "damaged", fix: undefined }]);
  const loading = table.load(registration("sd"));
  expect(table.list()).toMatchObject([{ state: "loading" }]);
  await loading;
  expect(table.list()).toMatchObject([{ state: "ready" }]);
  table.close();
  expect(table.list()).toMatchObject([
    {
      state: "unavailable",
      reason: "this server is being stopped",
      fix: "Ask again once it runs, or ask another one",
    },
  ]);
});

test("loading a model that is being loaded ends as the first does", async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  let loads = 0;
  const table = new ModelTable(() => (loads++ === 0 ? promise : Promise.resolve()));
  table.add(registration("sd"));
  const both = Promise.allSettled([1, 2].map(() => table.load(registration("sd"))));
  await expect(Promise.race([both, Promise.resolve("waiting")])).resolves.toBe("waiting");
  reject(new Error("damaged"));
  const failed = { status: "rejected", reason: new Error("damaged") };
  expect(await both).toEqual([failed, failed]);
  expect(loads).toBe(1);
  await table.load(registration("sd"));
  expect(table.list()).toMatchObject([{ state: "ready" }]);
});

test("of several versions one is the default, and it is removed last", () => {
  const table = new ModelTable(async () => {});
  table.add(registration("sd", "1.0"));
  table.add(registration("sd", "2.0"));
  expect(() => table.add(registration("sd", "2.0"))).toThrow(
    expect.objectContaining({ code: "STATE_CONFLICT" }),
  );
  expect(table.find("sd")[0].version).toBe("1.0");
  table.setDefault({ name: "sd", version: "2.0" });
  expect(table.find("sd")[0].version).toBe("2.0");
  expect(() => table.remove("sd")).toThrow(expect.objectContaining({ code: "STATE_CONFLICT" }));
  expect(table.remove("sd", "1.0").version).toBe("1.0");
  expect(table.remove("sd").version).toBe("2.0");
  expect(() => table.find("sd")).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
});

test("only what is in the model store is found there", async () => {
  const folder = temporaryFolder();
  const store = join(folder, "model-store");
  mkdirSync(store);
  writeFileSync(join(store, "a.mar"), "");
  writeFileSync(join(folder, "secret"), "");
  symlinkSync(join(folder, "secret"), join(store, "link.mar"));
  expect(await placeInStore(store, "a.mar")).toMatch(/model-store\/a\.mar$/);
  const out = [
    "../secret",
    "a/../../secret",
    "link.mar",
    "/etc/passwd",
    ".",
    "",
    "https://example.invalid/a.mar",
    "file:///etc/passwd",
    "s3://b/a.mar",
    "..\\secret",
    "a\0.mar",
  ];
  for (const url of out) {
    await expect(placeInStore(store, url)).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  }
  await expect(placeInStore(store, "b.mar")).rejects.toMatchObject({ code: "NOT_FOUND" });
  await assert(
    asyncProperty(string(), async (url) => {
      const place = await placeInStore(store, url).catch((error: unknown) => error);
      const isInside = typeof place === "string" && place.endsWith("/model-store/a.mar");
      expect(isInside || place instanceof StudioError).toBe(true);
    }),
  );
});
