import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Style } from "../../../engine/contract/styles.ts";
import { StyleFile } from "../../../engine/settings/style-file.ts";

const style = (name: string, prompt = "words"): Style => ({
  name,
  prompt,
  negativePrompt: "",
  settings: {},
});
const folder = () => mkdtemp(join(tmpdir(), "darkroom-styles-"));

test("keeps styles by name over a restart, and renames one in its place", async () => {
  const data = await folder();
  const file = await StyleFile.open(data);
  await file.save([style("b"), style("a 10"), style("a 9")]);
  await file.save([style("c")], "b");
  const again = await StyleFile.open(data);
  expect(again.list().map(({ name }) => name)).toEqual(["a 9", "a 10", "c"]);
  await again.remove(["c", "none"]);
  expect(again.list()).toHaveLength(2);
  expect(again.named(["a 10", "a 9"]).map(({ name }) => name)).toEqual(["a 10", "a 9"]);
  expect(() => again.named(["c"])).toThrow("c");
});

test("an import loses nothing: equal styles are recognised, another with the same name gets a number", async () => {
  const file = await StyleFile.open(await folder());
  await file.save([style("a")]);
  const rows = [style("a"), style("a", "other"), style("a", "third"), style("b"), style("b")];
  expect(await file.add(rows)).toEqual({ added: ["a (2)", "a (3)", "b"], known: 2, renamed: 2 });
  expect(await file.add(rows)).toEqual({ added: [], known: 5, renamed: 0 });
});

test("ten thousand with one name are kept apart", async () => {
  const file = await StyleFile.open(await folder());
  const rows = Array.from({ length: 10_000 }, (_, i) => style("x".repeat(100), `words ${i}`));
  expect(await file.add(rows)).toMatchObject({ known: 0, renamed: 9999 });
  await expect(file.save([style("one more")])).rejects.toThrow("at most 10000 are kept");
});

test("a row that cannot be read affects no other, and is kept", async () => {
  const data = await folder();
  const path = join(data, "styles.json");
  await writeFile(path, JSON.stringify([style("a"), { name: "later", shape: 2 }, 7]));
  const file = await StyleFile.open(data);
  expect(file.notices).toEqual(["2 styles could not be read. They are kept, but not used."]);
  await file.save([style("b")]);
  expect(JSON.parse(await readFile(path, "utf8"))).toHaveLength(4);
});
