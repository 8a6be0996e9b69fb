/**
 * Measures the networks of Stable Diffusion 2 at full size, with random weights made for the run, compared with
 * diffusers, OpenVINO and stable-diffusion.cpp if `--install` has downloaded them: `npm run bench -- networks [--quick]
 * [--install] [--folder DIR] [--side N ...] [--minutes N] [--peer NAME ...]`. Contestants take turns in one run, and
 * ratios are taken within a turn, so that they hold on a machine whose speed drifts. Each row has three rounds if its
 * minutes allow them, and one in any case.
 */
import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Drawing } from "../../engine/drawing/drawing.ts";
import { Comparison } from "./comparison.ts";
import { ourselves, peers, quantizedFiles } from "./contestants.ts";
import { installPeers } from "./install-peers.ts";
import { interleaved, timed } from "./measure.ts";
import { randomStableDiffusion2 } from "./random-snapshot.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    install: { type: "boolean", default: false },
    folder: { type: "string", default: join(tmpdir(), "darkroom-bench-sd2") },
    side: { type: "string", multiple: true, default: ["32", "64", "96"] },
    minutes: { type: "string", default: "30" },
    peer: { type: "string", multiple: true },
  },
});
const seconds = 60 * Number(values.minutes);
const rounds = values.quick ? 1 : 3;
const threads = Math.max(1, availableParallelism());

if (values.install) await installPeers();
const files = randomStableDiffusion2(values.folder);
let quantized = files;
const cache = join(values.folder, "cache");
rmSync(cache, { recursive: true, force: true });
const quantize = async () => (quantized = await quantizedFiles(files, cache));
const [firstStart, laterStart] = [await timed(quantize), await timed(quantize)];
const ours = ourselves(files, quantized, threads);
const others = await peers(values.folder, threads, values.peer);
const bench = new Comparison(ours, others, { rounds, seconds });
bench.record("first start: UNet hashed, int8 weights made", { int8: [firstStart] });
bench.record("later starts: int8 weights found", { int8: [laterStart] });

await bench.compare("text encoder, 2 prompts", { network: "text", side: 0 });
const peaks: Record<string, number | undefined> = {};
for (const side of values.side.map(Number)) {
  await bench.compare(`UNet step, ${side}x${side} latents, batch 2`, { network: "unet", side });
  if (side > 64) continue;
  for (const one of bench.contestants) peaks[one.name] = one.peakBytes();
}
for (const side of [64, 96]) {
  await bench.compare(`VAE decode, ${side}x${side} latents`, { network: "vae", side });
}
bench.close();

/** Opening only: what a new process needs beyond one run of a tiny picture. */
const fresh = ourselves(files, quantized, threads);
const opening: Record<string, number[]> = {};
for (const one of fresh) {
  await one.run({ network: "unet", side: 8 });
  opening[one.name] = [one.loadingSeconds];
  one.close();
}
bench.record("session ready, UNet", opening);

const studio = new Drawing({ device: "cpu" });
const starter = async () => {
  const request = { prompt: "two purple fish under water", seed: "1" };
  for await (const event of studio.generate(request)) if (event.kind === "image") return;
};
bench.record("starter, 30 steps at 128x128, loaded", await interleaved({ starter }, rounds));
studio.close();
const cli = new URL("../../engine/cli.ts", import.meta.url).pathname;
const start = await timed(
  () =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [cli, "generate", "a star", "--out", tmpdir()], {
        stdio: "ignore",
      });
      child.on("error", reject).on("exit", resolve);
    }),
);
bench.record("starter, from the command line to the file", { starter: [start] });

const machine = `${cpus()[0]?.model ?? "unknown"}, ${threads} threads`;
const load = loadavg()[2];
const result = { machine, node: process.version, rounds, load, rows: bench.rows, peakBytes: peaks };
// A single round is only for a quick look.
if (!values.quick) {
  writeFileSync(
    new URL("results/cpu.json", import.meta.url),
    `${JSON.stringify(result, null, 2)}\n`,
  );
}
bench.print();
for (const [name, bytes] of Object.entries(peaks)) {
  if (bytes === undefined) continue;
  console.log(`| peak memory up to the 64x64 step | ${name} | ${(bytes / 1e9).toFixed(2)} GB | |`);
}
