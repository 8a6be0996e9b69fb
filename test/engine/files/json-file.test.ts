import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readJson, writeJson } from "../../../engine/files/json-file.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const numbers = {
  maxBytes: 100,
  parse: (json: unknown): number[] => {
    if (!Array.isArray(json)) throw new TypeError("canary-5319");
    return json as number[];
  },
};

test("reads back what it wrote, for this user's eyes only", async () => {
  const path = join(temporaryFolder(), "some.json");
  await writeJson(path, [1, 2]);
  expect(await readJson(path, numbers)).toEqual({ value: [1, 2] });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a file that is not there says nothing", async () => {
  expect(await readJson(join(temporaryFolder(), "none.json"), numbers)).toEqual({
    value: undefined,
  });
});

test.each([
  ["[1, 2", "it is not JSON"],
  ["", "it is not JSON"],
  ['{"token":"canary-5319"}', "it does not hold what it should"],
  [`[${"1,".repeat(60)}1]`, "it is too large"],
])("sets a damaged file aside and says why: %s", async (content, damage) => {
  const folder = temporaryFolder();
  const path = join(folder, "some.json");
  writeFileSync(path, content);
  const { value, notice } = await readJson(path, numbers);
  const [kept] = readdirSync(folder);
  expect(value).toBeUndefined();
  expect(notice).toBe(
    `some.json could not be used (${damage}). It was kept as ${kept}, and the studio began without it.`,
  );
  expect(kept).toMatch(/^some\.json\.bad-\d{4}-\d\d-\d\dT[\d-]+Z$/);
  expect(readFileSync(join(folder, kept!), "utf8")).toBe(content);
  expect(await readJson(path, numbers)).toEqual({ value: undefined });
});

test("a folder in the file's place is refused in words, and left alone", async () => {
  const folder = temporaryFolder();
  await expect(readJson(folder, { ...numbers, maxBytes: 1e6 })).rejects.toMatchObject({
    code: "DATA_FOLDER_UNUSABLE",
    details: { path: folder, reason: "EISDIR" },
  });
});

test("a folder that is gone is refused in words", async () => {
  const path = join(temporaryFolder(), "gone", "some.json");
  await expect(writeJson(path, [])).rejects.toMatchObject({
    code: "DATA_FOLDER_UNUSABLE",
    details: { path, reason: "ENOENT" },
  });
});
