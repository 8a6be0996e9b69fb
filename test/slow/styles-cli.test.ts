import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGeneration } from "../../engine/image/generation-text.ts";
import { readPngTexts } from "../../engine/image/png/read-png-texts.ts";
import { darkroom, lines } from "../fakes/command-line.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

/** `styles` on a data folder of its own. */
function styles() {
  const folder = temporaryFolder();
  const run = (...args: readonly string[]) =>
    darkroom(["styles", ...args, "--data-dir", folder, "--json"]);
  const told = async (...args: readonly string[]) => {
    const { code, out } = await run(...args);
    expect([args, code]).toEqual([args, 0]);
    return lines(out);
  };
  const refused = async (...args: readonly string[]) => {
    const { code, out } = await run(...args);
    return [code, lines(out)[0]?.["code"], lines(out)[0]?.["message"]];
  };
  return { folder, told, refused };
}

test("styles are saved, applied, replaced, renamed and deleted", async () => {
  const { folder, told, refused } = styles();
  const pencil = ["--prompt", "pencil drawing of {prompt}", "--negative", "colour"];
  await told("save", "Pencil", ...pencil);
  expect(await refused("save", "Pencil")).toEqual([
    2,
    "REQUEST_INVALID",
    expect.stringContaining("add --force"),
  ]);
  await told("save", "Pencil", "--prompt", "pencil of {prompt}", "--force");
  await told("rename", "Pencil", "Ink");
  await told("save", "Soft", "--prompt", "soft light");
  expect(await refused("rename", "Ink", "Soft")).toMatchObject([
    2,
    "REQUEST_INVALID",
    expect.any(String),
  ]);
  expect(await refused("rename", "Pencil", "Other")).toMatchObject([
    1,
    "NOT_FOUND",
    expect.any(String),
  ]);
  expect((await told("list")).map(({ name, prompt }) => [name, prompt])).toEqual([
    ["Ink", "pencil of {prompt}"],
    ["Soft", "soft light"],
  ]);
  const drawn = await darkroom(
    ["generate", "a fish", "--style", "Ink", "--style", "Soft", "--steps", "1", "--json"].concat([
      "--device",
      "cpu",
      "--out",
      join(folder, "fish.png"),
    ]),
    { env: { DARKROOM_HOME: folder } },
  );
  expect(drawn.code).toBe(0);
  expect(readGeneration(readPngTexts(readFileSync(join(folder, "fish.png"))))).toMatchObject({
    prompt: "pencil of a fish, soft light",
    typedPrompt: "a fish",
    styles: ["Ink", "Soft"],
  });
  expect(await refused("remove", "Ink", "Pencil")).toMatchObject([
    1,
    "NOT_FOUND",
    expect.any(String),
  ]);
  await told("remove", "Ink", "Soft");
  expect(await told("list")).toEqual([]);
});

test("a styles.csv of A1111 is imported once, and comes back as it was written", async () => {
  const { folder, told, refused } = styles();
  const rows = [
    "\ufeffname,prompt,negative_prompt",
    'Pencil,"a ""fine"" drawing of {prompt}, grey",colour',
    'Tall,"one\ntwo",',
    'Pencil,"another, {prompt}",',
    ",nameless,",
    `${"long".repeat(40)},x,`,
  ];
  const file = join(folder, "styles.csv");
  writeFileSync(file, `${rows.join("\r\n")}\r\n`);
  const outcome = { type: "imported", added: 3, known: 0, renamed: 1, skipped: 2 };
  expect(await told("import", file)).toEqual([outcome]);
  expect(await told("import", file)).toMatchObject([{ added: 0, known: 3, skipped: 2 }]);
  expect((await told("list")).map(({ name, prompt }) => [name, prompt])).toEqual([
    ["Pencil", 'a "fine" drawing of {prompt}, grey'],
    ["Pencil (2)", "another, {prompt}"],
    ["Tall", "one\ntwo"],
  ]);
  const written = join(folder, "again.csv");
  await told("export", written, "--format", "csv");
  expect(readFileSync(written, "utf8")).toContain('"a ""fine"" drawing of {prompt}, grey"');
  expect(await told("import", written)).toMatchObject([{ added: 0, known: 3, skipped: 0 }]);
  expect(await refused("export", written)).toMatchObject([1, "OUTPUT_EXISTS", expect.any(String)]);
});

test.each([
  ["a picture", Buffer.from([0x89, 0x50, 0x4e, 0x47]), 1, "STYLES_UNREADABLE"],
  ["a file of 17 MB", Buffer.alloc(17 << 20, "a,b\n"), 2, "REQUEST_INVALID"],
])("%s is no list of styles: it changes nothing, and is named", async (_, bytes, code, error) => {
  const { folder, told, refused } = styles();
  const file = join(folder, "styles.csv");
  writeFileSync(file, bytes);
  const message = expect.stringContaining("styles.csv");
  expect(await refused("import", file)).toEqual([code, error, message]);
  expect(await told("list")).toEqual([]);
});

test("an endless cell is skipped, and counted", async () => {
  const { folder, told } = styles();
  const file = join(folder, "styles.csv");
  writeFileSync(file, `name,prompt\n"${"a".repeat(1 << 20)}`);
  expect(await told("import", file)).toMatchObject([{ added: 0, skipped: 1 }]);
});
