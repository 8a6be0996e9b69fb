/**
 * Measures how fast a model becomes an archive, as a share of the disk's copy speed: `node test/bench/archive.ts
 * [--folder DIR] [--rounds N]`. The model is the text encoder of Stable Diffusion 2 at full size, 1.4 GB, with random
 * weights.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { copyFile, open } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packModel } from "../../engine/archive-files/pack-model.ts";
import type { PackForm } from "../../engine/contract/archives.ts";
import { entriesOf, TINY } from "../fakes/mar-writer.ts";
import { computed, interleaved, median } from "./measure.ts";
import { randomStableDiffusion2 } from "./random-snapshot.ts";

const { values } = parseArgs({
  options: {
    folder: { type: "string", default: join(tmpdir(), "darkroom-bench-sd2") },
    rounds: { type: "string", default: "3" },
  },
});
randomStableDiffusion2(values.folder);
const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-archive-"));
const weights = join(values.folder, "text_encoder/model.safetensors");
const gigabytes = statSync(weights).size / 1e9;
const handler = { path: "handler.py", place: "assets/torchserve/stable_diffusion_handler.py" };
const requirements = { path: "requirements.txt", place: "assets/torchserve/requirements.txt" };
const files = entriesOf().map(({ name }) => ({ path: name, place: join(TINY, name) }));

async function copy(): Promise<void> {
  const target = join(folder, "copy");
  await copyFile(weights, target);
  await using file = await open(target, "r+");
  await file.sync();
}

async function pack(form: PackForm): Promise<void> {
  await packModel(
    {
      form,
      name: "bench",
      version: "1.0",
      files: [...files, { path: "text_encoder/large.safetensors", place: weights }],
      handler,
      requirements,
    },
    { out: join(folder, form), force: true, onBytes: () => {} },
  );
}

/** CPU seconds of each contestant's runs; the first run is the warm-up. */
const processor = new Map<string, number[]>();

function watched(name: string, work: () => Promise<void>): readonly [string, () => Promise<void>] {
  const run = async (): Promise<void> => {
    rmSync(join(folder, name), { recursive: true, force: true });
    processor.set(name, [...(processor.get(name) ?? []), await computed(work)]);
  };
  return [name, run];
}

try {
  mkdirSync(folder, { recursive: true });
  const forms = (["notebook", "zip-store", "no-archive"] as const).map((form) =>
    watched(form, () => pack(form)),
  );
  const contestants = Object.fromEntries([watched("copy", copy), ...forms]);
  const seconds = await interleaved(contestants, Number(values.rounds));
  const base = median(seconds["copy"] ?? []);
  process.stdout.write(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}\n`);
  console.table(
    Object.entries(seconds).map(([what, runs]) => ({
      what,
      s: runs.map((run) => run.toFixed(2)).join(" "),
      "GB/s": (gigabytes / median(runs)).toFixed(2),
      "x copying": (base / median(runs)).toFixed(2),
      "processor, s": median(processor.get(what)?.slice(1) ?? []).toFixed(2),
    })),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
