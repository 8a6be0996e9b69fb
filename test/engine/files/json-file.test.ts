import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readJson, readRows, unreadNotice, writeJson } from "../../../engine/files/json-file.ts";
import { makePipe } from "../../fakes/make-pipe.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const numbers = {
  maxBytes: 100,
  parse: (json: unknown): number[] => {
    if (!Array.isArray(json)) throw new TypeError("canary-5319");
    return json as number[];
  },
};

test("reads back what it wrote, readable only by this user", async () => {
  const path = join(temporaryFolder(), "some.json");
  await writeJson(path, [1, 2]);
  expect(await readJson(path, numbers)).toEqual({ value: [1, 2] });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a missing file reports nothing", async () => {
  expect(await readJson(join(temporaryFolder(), "none.json"), numbers)).toEqual({
    value: undefined,
  });
});

test.each([
  ["[1, 2", "it is not JSON"],
  ["", "it is empty"],
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
    `some.json could not be used (${damage}). It was kept as ${kept}, and the studio started without it.`,
  );
  expect(kept).toBe("some.damaged.json");
  expect(readFileSync(join(folder, kept!), "utf8")).toBe(content);
  expect(await readJson(path, numbers)).toEqual({ value: undefined });
});

test.each(["folder", "pipe"])("sets a %s in the file's place aside, unopened", async (what) => {
  const folder = temporaryFolder();
  const path = join(folder, "some.json");
  if (what === "folder") mkdirSync(path);
  else makePipe(path);
  const { notice } = await readJson(path, numbers);
  expect(notice).toMatch(/^some\.json could not be used \(it is (a folder|not an ordinary file)\)/);
  expect(readdirSync(folder)).toEqual(["some.damaged.json"]);
});

test("a missing folder is refused with a message", async () => {
  const path = join(temporaryFolder(), "gone", "some.json");
  await expect(writeJson(path, [])).rejects.toMatchObject({
    code: "DATA_FOLDER_UNUSABLE",
    details: { path, reason: "ENOENT" },
  });
});

test("a row that cannot be read affects no other", () => {
  const even = (row: unknown): number => {
    if (typeof row !== "number" || row % 2 !== 0) throw new TypeError("odd");
    return row;
  };
  expect(readRows([2, "two", 4, { later: 1 }], even)).toEqual({
    rows: [2, 4],
    unread: ["two", { later: 1 }],
  });
  expect([0, 1, 2].map((count) => unreadNotice(count, "endpoint"))).toEqual([
    undefined,
    "One endpoint could not be read. It is kept, but not used.",
    "2 endpoints could not be read. They are kept, but not used.",
  ]);
});
