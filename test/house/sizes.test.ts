import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

/**
 * Lines of code per folder, without blank lines and comments. Exceeding a number is a decision: raise it in the commit
 * that needs it, and say why there.
 */
const BUDGET: Readonly<Record<string, number>> = {
  archive: 1410,
  "archive-files": 1540,
  cli: 5465,
  "cli.ts": 5,
  codecs: 340,
  contract: 3875,
  deploy: 2540,
  buckets: 3520,
  cuda: 1000,
  cluster: 1650,
  database: 270,
  download: 540,
  drawing: 1450,
  endpoints: 4510,
  files: 870,
  gallery: 1880,
  graph: 2155,
  "host.ts": 190,
  http: 520,
  hub: 880,
  image: 1530,
  kserve: 3990,
  network: 330,
  networks: 400,
  pipeline: 390,
  queue: 615,
  runtime: 1250,
  schedulers: 1800,
  secrets: 400,
  server: 1000,
  serving: 6470,
  settings: 300,
  snapshot: 1410,
  store: 1945,
  studio: 4920,
  tensor: 210,
  tokenizer: 800,
  torchserve: 2100,
  "torchserve.ts": 5,
  transfers: 350,
  worker: 1210,
};

function linesOf(file: string): number {
  const text = readFileSync(file, "utf8").replaceAll(/\/\*[\s\S]*?\*\//g, "");
  return text.split("\n").filter((line) => /\S/.test(line) && !/^\s*\/\//.test(line)).length;
}

test("folders stay within their budget", () => {
  const sizes: Record<string, number> = {};
  for (const name of readdirSync("engine", { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const [folder = name] = name.split("/");
    sizes[folder] = (sizes[folder] ?? 0) + linesOf(`engine/${name}`);
  }
  const over = Object.entries(sizes).filter(([folder, lines]) => lines > (BUDGET[folder] ?? 0));
  expect(over).toEqual([]);
});

/**
 * Maximum lines of a file, with the exceptions and their own maximum. A table may be as long as its content; the other
 * exceptions are to be split by noun.
 */
const LONGEST = 250;
const LONGER: Readonly<Record<string, number>> = {
  "engine/contract/errors.ts": 410,
  "engine/transfers/transfers.ts": 330,
  "engine/endpoints/endpoints.ts": 370,
  "renderer/words/en/endpoints.ts": 300,
  "engine/runtime/model-on-device.ts": 310,
  "engine/contract/contract.ts": 320,
  "engine/store/model-store.ts": 335,
  "engine/queue/queue.ts": 315,
  "engine/queue/generation-table.ts": 275,
};

/**
 * Small files that only one other file of the same folder imports: they usually belong to that file's noun. Splitting a
 * file only to reduce its size adds to them. The number may only fall.
 */
const SMALL = 40;
const LONELY = 12;

const sources = ["engine", "renderer", "electron"].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${root}/${name}`),
);

const lengthOf = (file: string): number => readFileSync(file, "utf8").split("\n").length - 1;

test("no file is too long to be read at one go", () => {
  const long = sources.filter((file) => lengthOf(file) > (LONGER[file] ?? LONGEST));
  expect(long).toEqual([]);
  expect(Object.keys(LONGER).filter((file) => lengthOf(file) <= LONGEST)).toEqual([]);
});

test("small files with a single importer become fewer", () => {
  const importers = new Map<string, Set<string>>();
  for (const file of sources) {
    for (const [, path = ""] of readFileSync(file, "utf8").matchAll(/"(\.{1,2}\/[^"]+\.tsx?)"/g)) {
      const imported = normalize(join(dirname(file), path));
      importers.set(imported, (importers.get(imported) ?? new Set()).add(file));
    }
  }
  const lonely = [...importers]
    .filter(([file, by]) => by.size === 1 && dirname([...by][0]!) === dirname(file))
    .map(([file]) => file)
    .filter((file) => sources.includes(file) && lengthOf(file) < SMALL);
  expect(lonely.length, lonely.join("\n")).toBeLessThanOrEqual(LONELY);
});
