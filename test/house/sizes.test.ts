import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

/**
 * Lines of code per folder, without blank lines and comments. Exceeding a number is a decision: raise it in the commit
 * that needs it, and say why there.
 */
const BUDGET: Readonly<Record<string, number>> = {
  // Archives of TorchServe, read and written; config.properties and what each key does.
  // With the checklist "Deployable?".
  // And where models lie in a bucket.
  // And what a cluster would make of one.
  // With what KServe's wrapper ignores, and where it ends a path.
  archive: 1410, // the memory limit of a pod; what model_snapshot says of each model
  // And zips that are written in one pass, folders that are replaced whole.
  // And memory that is used again, and a disk that writes meanwhile.
  "archive-files": 1540, // sizes of a packed model
  // With `serve --model`, which brings a folder into the store, and endpoints.
  // Outputs that nobody reads, and a studio that does not answer.
  // Archives listed, verified, imported, packed, and their config.properties.
  // Buckets: connections, and what lies in them.
  // And what is asked of models in buckets.
  // And manifests for a cluster.
  // And the program itself, whose compiled code is kept.
  // And deployments: applied, watched, scaled, removed.
  // And a certificate for `serve`.
  cli: 5240, // pictures imported, which settings an endpoint uses, recorded requests, drawn again; torchserve, by its own flags; a doctor; marks and albums, styles, statistics of endpoints, grids
  "cli.ts": 5,
  codecs: 340, // contact sheets
  // A refusal for everything that can be wrong with an endpoint or a request.
  // And with an archive, read or made.
  // And with a bucket.
  // And with what the presets are.
  // And models of buckets, imported, checked and served.
  // And a deployment's form.
  // And clusters, and what is deployed there.
  contract: 3670, // which settings an endpoint uses, a doctor's findings, styles, starts and statistics of endpoints, grids, what is wrong with a value in words
  // Manifests for a cluster, and what is wrong with a form.
  // And objects as they are applied, and what changes in them.
  deploy: 2520, // Darkroom as a runtime beside TorchServe, and what a cluster waits for, in words
  // Connections, their services' whims by name, browsing, and transfers that resume.
  // And threads that hash while bytes are sent and come.
  buckets: 3520,
  cuda: 1000,
  cluster: 1650,
  database: 270,
  download: 540,
  // With a watch for values that half precision does not hold.
  // And tiny decoders, for previews and Fast.
  // And a process that is started early.
  // And the decoder that a request names.
  drawing: 1340, // evaluations of the last layer alone, and their seconds; int8 weights for archives; the contact sheet of a grid
  // With what TLS, redirects, hangs and hostile replies each take, by name.
  endpoints: 4300, // pictures as binary tensors, which settings one uses, remedies by what it speaks, a doctor, cold starts, watching, TorchServe by itself, gRPC, v1, OpenAI and A1111
  // With what is wrong with a stored file, and how it is set aside.
  // Folders are made level by level, since mkdir of all at once may never end.
  files: 860, // folders listed to choose one
  // With records that another version wrote, and disks that are not there.
  gallery: 1840, // pictures imported, ratings, tags and albums; exports as a ZIP with a table and dates
  // With the table of whole numbers, peaks of layers, and bands of rows.
  // And moves of scales.
  graph: 2060, // CUDA's operators for diffusion models; channels last, Winograd's convolutions, bands of products
  // With what happens to mistakes that nobody caught.
  "host.ts": 190,
  http: 490,
  hub: 880,
  image: 1530,
  kserve: 3950,
  network: 330,
  networks: 400,
  // With guidance in an interval.
  // And a tiny decoder.
  pipeline: 390, // what steps share of the deeper layers
  // With what is shown of rows that cannot be read.
  // And of what has ended on a full disk.
  queue: 610, // what other targets would draw, and where it was tried
  // With a test of products of bytes, and peaks of layers.
  // With libraries of a device, and what the loader says of those that it lacks.
  // And tiny decoders.
  runtime: 1170, // a test of CUDA's fused operators; the last layer as a session of its own, a lowering for mapped UNets
  // With every class that StableDiffusionPipeline takes, in all its forms.
  schedulers: 1800,
  secrets: 400,
  server: 1000,
  serving: 6400,
  settings: 300,
  snapshot: 1410,
  store: 1710,
  studio: 4680,
  tensor: 210,
  tokenizer: 800,
  torchserve: 2000,
  "torchserve.ts": 5,
  transfers: 350,
  worker: 1130,
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
  "engine/endpoints/endpoints.ts": 360,
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

test("small files with a single reader become fewer", () => {
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
