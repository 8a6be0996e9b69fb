/**
 * What the networks of Stable Diffusion 2 cost at full size, with random weights made on the spot, beside
 * diffusers and OpenVINO where `--install` has fetched them: `npm run bench -- networks [--quick]
 * [--install] [--folder DIR] [--side N ...] [--peer NAME ...]`. Contestants take turns in one run, and
 * ratios are taken within a turn, so that they hold on a machine that drifts.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Drawing } from "../../engine/drawing/drawing.ts";
import { ourselves, peers, quantizedFiles, type Contestant, type Work } from "./contestants.ts";
import { installPeers } from "./install-peers.ts";
import { interleaved, median, timed } from "./measure.ts";
import { randomStableDiffusion2 } from "./random-snapshot.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    install: { type: "boolean", default: false },
    folder: { type: "string", default: join(tmpdir(), "darkroom-bench-sd2") },
    side: { type: "string", multiple: true, default: ["32", "64", "96"] },
    peer: { type: "string", multiple: true },
  },
});
const rounds = values.quick ? 1 : 3;
const threads = Math.max(1, availableParallelism());

interface Row {
  readonly what: string;
  readonly who: string;
  /** In the order of the rounds. */
  readonly seconds: readonly number[];
  /** How many times as fast as each peer, round by round. */
  readonly ratios: Readonly<Record<string, readonly number[]>>;
}
const rows: Row[] = [];

function record(
  what: string,
  seconds: Readonly<Record<string, readonly number[]>>,
  others: readonly string[] = [],
): void {
  for (const [who, runs] of Object.entries(seconds)) {
    const rivals = others.includes(who) ? [] : others.filter((other) => other in seconds);
    const ratiosTo = (other: string) => runs.map((ours, round) => seconds[other]![round]! / ours);
    const ratios = Object.fromEntries(rivals.map((other) => [other, ratiosTo(other)]));
    rows.push({ what, who, seconds: runs, ratios });
    console.error(`${what}: ${cells(rows.at(-1)!).join(" ")}`);
  }
}

/** Median of the rounds, and how far they spread. */
function cells({ who, seconds, ratios }: Row): string[] {
  const spread = (all: readonly number[], unit: string) =>
    all.length === 1
      ? `${median(all).toFixed(2)}${unit}`
      : `${median(all).toFixed(2)}${unit} (${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)})`;
  const against = Object.entries(ratios).map(([other, all]) => `${spread(all, "x")} ${other}`);
  return [who, spread(seconds, " s"), against.join(", ")];
}

if (values.install) await installPeers();
const files = randomStableDiffusion2(values.folder);
let quantized = files;
const quantizing = await timed(async () => {
  quantized = await quantizedFiles(files, join(values.folder, "cache"));
});
record("weights as whole numbers, 0 s where they lie there", { int8: [quantizing] });
const ours = ourselves(files, quantized, threads);
const others = await peers(values.folder, threads, values.peer);

/** Every contestant on one piece of work, in turn; one that cannot do it is said to be out. */
async function compare(what: string, work: Work): Promise<void> {
  const seconds: Record<string, number[]> = {};
  const out = new Set<Contestant>();
  for (let round = 0; round < rounds; round++) {
    for (const contestant of [...ours, ...others].filter((one) => !out.has(one))) {
      try {
        await contestant.prepare(work);
        (seconds[contestant.name] ??= []).push(await timed(() => contestant.run(work)));
      } catch (error) {
        out.add(contestant);
        console.error(`${what}: ${contestant.name} is out, ${String(error)}`);
      }
      await contestant.rest().catch(() => undefined);
    }
  }
  const names = others.filter((one) => !out.has(one)).map(({ name }) => name);
  record(what, seconds, names);
}

await compare("text encoder, 2 prompts", { network: "text", side: 0 });
const peaks: Record<string, number | undefined> = {};
for (const side of values.side.map(Number)) {
  await compare(`UNet step, ${side}x${side} latents, batch 2`, { network: "unet", side });
  if (side > 64) continue;
  for (const one of [...ours, ...others]) peaks[one.name] = one.peakBytes();
}
await compare("VAE decode, 64x64 latents", { network: "vae", side: 64 });
for (const one of [...ours, ...others]) one.close();

/** Opening alone: what a fresh process needs beyond one run of a tiny picture. */
const fresh = ourselves(files, quantized, threads);
const opening: Record<string, number[]> = {};
for (const one of fresh) {
  await one.run({ network: "unet", side: 8 });
  opening[one.name] = [one.loadingSeconds];
  one.close();
}
record("session ready, UNet", opening);

const studio = new Drawing({ device: "cpu" });
const starter = async () => {
  const request = { prompt: "two purple fish under water", seed: "1" };
  for await (const event of studio.generate(request)) if (event.kind === "image") return;
};
record("starter, 30 steps at 128x128, loaded", await interleaved({ starter }, rounds));
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
record("starter, from the command line to the file", { starter: [start] });

const machine = `${cpus()[0]?.model ?? "unknown"}, ${threads} threads`;
const load = loadavg()[2];
const result = { machine, node: process.version, rounds, load, rows, peakBytes: peaks };
// One round, or some of the peers, are for a look.
if (!values.quick && values.peer === undefined) {
  writeFileSync(
    new URL("results/cpu.json", import.meta.url),
    `${JSON.stringify(result, null, 2)}\n`,
  );
}
console.log(`| work | who | seconds | ratio |\n|---|---|---|---|`);
for (const row of rows) console.log(`| ${row.what} | ${cells(row).join(" | ")} |`);
for (const [name, bytes] of Object.entries(peaks)) {
  if (bytes === undefined) continue;
  console.log(`| peak memory up to the 64x64 step | ${name} | ${(bytes / 1e9).toFixed(2)} GB | |`);
}
