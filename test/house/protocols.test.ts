import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** The rows of the table in engine/PROTOCOLS.md: the test file, and the title in it that each row names. */
const ROWS = [
  ...readFileSync("engine/PROTOCOLS.md", "utf8").matchAll(/\| `([^`|]+)`: ([^|]+) \|$/gm),
].map(([, file = "", title = ""]) => ({ file, title }));

test("a test shows every row of what the inference server answers", () => {
  const lost = ROWS.filter(({ file, title }) => {
    const text = readFileSync(`test/engine/${file}`, "utf8");
    return !text.includes(`describe("${title}"`) && !text.includes(`test("${title}"`);
  });
  expect(lost).toEqual([]);
});

test("every group of the matrix has a row", () => {
  const file = "serving/routes/conformance.test.ts";
  const groups = [
    ...readFileSync(`test/engine/${file}`, "utf8").matchAll(/^describe\("([^"]+)"/gm),
  ];
  const shown = new Set(ROWS.filter((row) => row.file === file).map(({ title }) => title));
  expect(groups.map(([, title]) => title)).toEqual(
    groups.map(([, title]) => title).filter((title) => shown.has(title ?? "")),
  );
});
