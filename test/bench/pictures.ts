/**
 * Measures the time and the memory of a whole picture with each preset, with the networks of Stable Diffusion 2 at full
 * size and random weights, compared with diffusers and stable-diffusion.cpp if they are installed:
 * `npm run bench -- pictures [--quick] [--minutes N] [--folder DIR] [--side N ...] [--steps N|own] [--peer NAME ...]`.
 *
 * The seconds include text, steps and decoding, but not loading; our steps and decodings have their own rows, and so
 * has the time from a request to the preview of its first step, once the model is loaded. Every
 * contestant draws the number of steps given by `--steps`, which is small, and each row says how many; with `--steps
 * own` each preset draws its own number and the peers draw Exact's, which takes an hour at 768x768. Nothing is
 * extrapolated. There are three rounds if `--minutes` allow them, and one in any case: by count and the table of
 * engine/README.md, two steps of every contestant at both sizes take ten minutes on two quiet cores.
 */
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Preset, PRESETS } from "../../engine/contract/presets.ts";
import { Drawing } from "../../engine/drawing/drawing.ts";
import { Comparison } from "./comparison.ts";
import { peers, type Contestant, type Work } from "./contestants.ts";
import { memoryOf } from "./measure.ts";
import { randomStableDiffusion2 } from "./random-snapshot.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    folder: { type: "string", default: join(tmpdir(), "darkroom-bench-sd2") },
    side: { type: "string", multiple: true, default: ["512", "768"] },
    steps: { type: "string", default: "2" },
    minutes: { type: "string", default: "14" },
    peer: { type: "string", multiple: true },
  },
});
const steps = values.steps === "own" ? undefined : Number(values.steps);
/** Stable Diffusion 2's default number, from its pipeline. */
const OWN_STEPS = 50;
const threads = Math.max(1, availableParallelism());

/** The studio with one of its presets, in an inference process that ends with each picture. */
class Studio implements Contestant {
  readonly name: string;
  readonly #preset: Preset;
  readonly #folder: string;
  #drawing = new Drawing({ device: "cpu" });
  #peakBytes: number | undefined;
  /** Seconds of the steps of every picture. */
  readonly stepSeconds: number[] = [];
  readonly decodeSeconds: number[] = [];

  constructor(preset: Preset, folder: string) {
    this.name = `${preset.charAt(0).toUpperCase()}${preset.slice(1)}`;
    this.#preset = preset;
    this.#folder = folder;
  }

  /** Loads nothing: its own clock excludes loading. */
  async prepare(): Promise<void> {}

  async run({ side, steps: wanted }: Work): Promise<number> {
    for await (const event of this.#draw(side, wanted)) {
      if (event.kind !== "image") continue;
      this.#peakBytes = memoryOf(this.#drawing.inferencePid)?.peakBytes;
      const { text, denoise, decode } = event.seconds;
      this.stepSeconds.push(denoise / (event.record.steps ?? 1));
      this.decodeSeconds.push(decode);
      return text + denoise + decode;
    }
    throw new Error("there was no picture");
  }

  /** Seconds from a request to the preview of its first step; the first time with loading. */
  async secondsToPreview(side: number): Promise<number> {
    const start = performance.now();
    for await (const event of this.#draw(side)) {
      if (event.kind !== "progress") continue;
      await event.preview();
      return (performance.now() - start) / 1000;
    }
    throw new Error("there was no step");
  }

  #draw(side: number, steps?: number) {
    const size = { width: 8 * side, height: 8 * side };
    const request = { ...size, prompt: "a red house", seed: "1", preset: this.#preset };
    const asked = steps === undefined ? request : { ...request, steps };
    return this.#drawing.generate(asked, { model: this.#folder });
  }

  async rest(): Promise<void> {
    this.#drawing.close();
    this.#drawing = new Drawing({ device: "cpu" });
  }

  peakBytes(): number | undefined {
    return this.#peakBytes;
  }

  close(): void {
    this.#drawing.close();
  }
}

/** A peer draws as many steps as the Exact preset. */
function withOwnSteps(peer: Contestant): Contestant {
  return {
    name: peer.name,
    prepare: (work) => peer.prepare(work),
    run: (work) => peer.run({ ...work, steps: work.steps ?? OWN_STEPS }),
    rest: () => peer.rest(),
    peakBytes: () => peer.peakBytes(),
    close: () => peer.close(),
  };
}

randomStableDiffusion2(values.folder);
const peaks: Record<string, Record<string, number | undefined>> = {};
const rows: Comparison["rows"] = [];
const tables: Comparison[] = [];
const sides = values.side.map(Number);
const pixelsFrom = (first: number): number =>
  sides.slice(first).reduce((sum, side) => sum + side ** 2, 0);
const end = performance.now() + 60_000 * Number(values.minutes);
// New processes for each size, since a peak covers all that a process has done.
for (const [i, side] of sides.entries()) {
  const ours = PRESETS.map((preset) => new Studio(preset, values.folder));
  const wanted = values.peer ?? [];
  const others = (await peers(values.folder, threads, wanted)).filter(({ name }) => {
    const isSkipped = name.startsWith("OpenVINO");
    if (isSkipped) console.error(`${name}: skipped, its peer has no pipeline for whole pictures`);
    return !isSkipped;
  });
  const left = (end - performance.now()) / 1000;
  const bench = new Comparison(ours, others.map(withOwnSteps), {
    rounds: values.quick ? 1 : 3,
    seconds: (left * side ** 2) / pixelsFrom(i),
  });
  const length = steps === undefined ? "each preset's own steps" : `${steps} steps`;
  const work = {
    network: "picture",
    side: side / 8,
    ...(steps !== undefined && { steps }),
  } as const;
  await bench.compare(`whole picture ${side}x${side}, ${length}`, work);
  const latents = `${side / 8}x${side / 8} latents`;
  const ofEach = (part: "stepSeconds" | "decodeSeconds") =>
    Object.fromEntries(ours.map((studio) => [studio.name, studio[part]]));
  bench.record(`a step, ${latents}, the mean of a picture's`, ofEach("stepSeconds"));
  bench.record(`decoding, ${latents}`, ofEach("decodeSeconds"));
  const previews: Record<string, number[]> = {};
  for (const studio of ours) {
    await studio.secondsToPreview(side / 8);
    previews[studio.name] = [];
    for (let round = 0; round < (values.quick ? 1 : 3); round++) {
      previews[studio.name]?.push(await studio.secondsToPreview(side / 8));
    }
    await studio.rest();
  }
  bench.record(`first preview, ${side}x${side}, model loaded`, previews);
  peaks[side] = Object.fromEntries(bench.contestants.map((one) => [one.name, one.peakBytes()]));
  bench.close();
  rows.push(...bench.rows);
  tables.push(bench);
}

const machine = `${cpus()[0]?.model ?? "unknown"}, ${threads} threads`;
if (!values.quick && values.peer === undefined) {
  const result = { machine, node: process.version, load: loadavg()[2], rows, peakBytes: peaks };
  const file = new URL("results/pictures.json", import.meta.url);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}
for (const table of tables) table.print();
for (const [side, found] of Object.entries(peaks)) {
  for (const [name, bytes] of Object.entries(found)) {
    if (bytes === undefined) continue;
    console.log(`| peak memory, ${side}x${side} | ${name} | ${(bytes / 1e9).toFixed(2)} GB | |`);
  }
}
