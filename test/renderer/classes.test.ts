import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const IMPORT = /import (\w+) from "([^"]+\.module\.css)"/g;
const COMPOSED = /composes: (\w+) from "([^"]+\.module\.css)"/g;

const files = readdirSync("renderer", { recursive: true, encoding: "utf8" }).map((name) =>
  join("renderer", name),
);
const sources = files.filter((name) => /\.tsx?$/.test(name));
const sheets = files.filter((name) => name.endsWith(".module.css"));

/** Names of the classes that a stylesheet defines. */
function classesOf(sheet: string): ReadonlySet<string> {
  const rules = readFileSync(sheet, "utf8").replaceAll(
    /\/\*[\s\S]*?\*\/|:global\([^)]*\)|"[^"]*"/g,
    "",
  );
  return new Set(
    [...rules.matchAll(/\.([a-z][A-Za-z0-9]*)(?![^{]*;)/g)].map(([, name = ""]) => name),
  );
}

/** The classes that the sources use, by stylesheet; `styles[x]` counts as all of them. */
const asked = new Map<string, Set<string>>();
const missing: string[] = [];
for (const source of sources) {
  const whole = readFileSync(source, "utf8");
  const text = whole.replaceAll(/^import .*$/gm, "");
  for (const [, local = "", path = ""] of whole.matchAll(IMPORT)) {
    const sheet = join(dirname(source), path);
    const known = existsSync(sheet) ? classesOf(sheet) : new Set<string>();
    const names = [...text.matchAll(new RegExp(`\\b${local}\\.(\\w+)`, "g"))].map(
      ([, name = ""]) => name,
    );
    const all = new RegExp(`\\b${local}\\[`).test(text) ? [...known, ...names] : names;
    asked.set(sheet, new Set([...(asked.get(sheet) ?? []), ...all]));
    missing.push(...names.filter((name) => !known.has(name)).map((name) => `${source}: ${name}`));
  }
}

for (const user of sheets)
  for (const [, name = "", path = ""] of readFileSync(user, "utf8").matchAll(COMPOSED)) {
    const sheet = join(dirname(user), path);
    asked.set(sheet, new Set([...(asked.get(sheet) ?? []), name]));
    if (!existsSync(sheet) || !classesOf(sheet).has(name)) missing.push(`${user}: ${name}`);
  }

test("every class that a component uses is in its stylesheet", () => {
  expect(asked.size).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

test("every class of a stylesheet is used", () => {
  const idle = sheets.flatMap((sheet) =>
    [...classesOf(sheet)]
      .filter((name) => !asked.get(sheet)?.has(name))
      .map((name) => `${sheet}: ${name}`),
  );
  expect(idle).toEqual([]);
});

test("raw colours are only in the theme", () => {
  const raw = sheets.filter((sheet) =>
    /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(/i.test(readFileSync(sheet, "utf8")),
  );
  expect(raw).toEqual([]);
});
