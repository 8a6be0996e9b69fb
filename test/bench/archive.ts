/**
 * How fast a model becomes an archive, as a part of the disk's copy speed: `node test/bench/archive.ts
 * [--folder DIR]`. The text encoder of Stable Diffusion 2 at full size, 1.4 GB, with random weights.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { copyFile, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packModel } from "../../engine/archive-files/pack-model.ts";
import type { PackForm } from "../../engine/contract/archives.ts";
import { entriesOf, TINY } from "../fakes/mar-writer.ts";
import { interleaved, median } from "./measure.ts";
import { randomStableDiffusion2 } from "./random-snapshot.ts";

const { values } = parseArgs({
  options: { folder: { type: "string", default: join(tmpdir(), "darkroom-bench-sd2") } },
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
  rmSync(target, { force: true });
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

try {
  mkdirSync(folder, { recursive: true });
  const seconds = await interleaved(
    {
      copy,
      notebook: () => pack("notebook"),
      "zip-store": () => pack("zip-store"),
      "no-archive": () => pack("no-archive"),
    },
    3,
  );
  const base = median(seconds["copy"] ?? []);
  for (const [name, runs] of Object.entries(seconds)) {
    const took = median(runs);
    const speed = `${(gigabytes / took).toFixed(2)} GB/s, ${(base / took).toFixed(2)}x copying`;
    console.log(`${name}: ${took.toFixed(2)} s, ${speed}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
