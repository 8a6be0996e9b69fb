/**
 * What the engine costs at the full size of Stable Diffusion 2, with random weights made on the spot:
 * `npm run bench -- [--quick] [--folder DIR] [--python PYTHON]`. Contestants take turns in one run, so
 * that ratios hold on a machine that drifts. diffusers joins where PYTHON can import it.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { EXACT } from "../../engine/graph/int8-lowering.ts";
import { deviceFor, int8Device } from "../../engine/runtime/device.ts";
import { ModelOnDevice, quantizationOf } from "../../engine/runtime/model-on-device.ts";
import { Supervisor } from "../../engine/runtime/supervisor.ts";
import { Drawing } from "../../engine/drawing/drawing.ts";
import { quantizedWeights } from "../../engine/store/located-weights.ts";
import { sizeOf, tensor, type FloatTensor } from "../../engine/tensor/tensor.ts";
import { interleaved, median, memoryOf, timed } from "./measure.ts";
import { startDiffusers } from "./diffusers-peer.ts";
import { plainLowering } from "./plain-lowering.ts";
import { randomStableDiffusion2, whiteNoise } from "./random-snapshot.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    folder: { type: "string", default: join(tmpdir(), "darkroom-bench-sd2") },
    python: { type: "string", default: "python3" },
  },
});
const rounds = values.quick ? 1 : 3;
const threads = Math.max(1, availableParallelism());
const random = whiteNoise(7);
const noise = (...shape: number[]): FloatTensor =>
  tensor(shape, Float32Array.from({ length: sizeOf(shape) }, random));

interface Row {
  readonly what: string;
  readonly who: string;
  readonly seconds: number;
  /** Against the plain export in the same run; above 1 is faster. */
  readonly against: string;
}
const rows: Row[] = [];

function record(what: string, seconds: Readonly<Record<string, number[]>>): void {
  for (const [who, runs] of Object.entries(seconds)) {
    const ratios = Object.entries(seconds)
      .filter(
        ([other]) => other !== who && (other === "plain graph" || other.startsWith("diffusers")),
      )
      .map(([other, theirs]) => `${(median(theirs) / median(runs)).toFixed(2)}x ${other}`);
    const row = { what, who, seconds: median(runs), against: ratios.join(", ") };
    rows.push(row);
    console.error(`${what}: ${who} ${row.seconds.toFixed(2)} s ${row.against}`);
  }
}

const files = randomStableDiffusion2(values.folder);
const cpu = deviceFor("cpu", { float16: false });
const plain = {
  ...cpu,
  lowering: plainLowering,
  textLowering: plainLowering,
  vaeLowering: plainLowering,
  splitsOnce: false,
};
/** The UNet's weights as whole numbers, in a copy beside the others. */
const quantizedFrom = performance.now();
const weights = await quantizedWeights(
  files.unet.weights.weights,
  quantizationOf(files.unet.config, EXACT),
  { cacheFolder: join(values.folder, "cache") },
);
const quantizeSeconds = (performance.now() - quantizedFrom) / 1000;
const quantized = { ...files, unet: { ...files.unet, weights: { network: "UNet", weights } } };
const contestants = {
  int8: {
    supervisor: new Supervisor(),
    device: int8Device({ isExact: true }),
    weights: undefined,
    files: quantized,
  },
  mapped: { supervisor: new Supervisor(), device: cpu, weights: "mapped", files },
  prepacked: { supervisor: new Supervisor(), device: cpu, weights: "prepacked", files },
  "plain graph": { supervisor: new Supervisor(), device: plain, weights: "prepacked", files },
} as const;
const models = Object.entries(contestants).map(
  ([name, { supervisor, device, weights, files }]) =>
    [name, new ModelOnDevice(files, device, supervisor, { weights, threads })] as const,
);
const peer = await startDiffusers(values.python, values.folder, threads);
if (peer === undefined) console.error("diffusers: skipped, the python given cannot import it");

/** Ours, the plain graph and, where it is there, diffusers on one piece of work. */
async function compare(
  what: string,
  ours: (model: ModelOnDevice) => Promise<unknown>,
  theirs: string,
): Promise<void> {
  const works: Record<string, () => Promise<unknown>> = {};
  for (const [name, model] of models) works[name] = () => ours(model);
  for (const dtype of peer === undefined ? [] : ["fp32", "bf16"]) {
    works[`diffusers ${dtype}`] = () => peer!.run(`${theirs} ${dtype}`);
  }
  record(what, await interleaved(works, rounds));
}

const ids = tensor([2, 77], new Int32Array(154).fill(5));
await compare(
  "text encoder, 2 prompts",
  (model) => model.textEncoder(2).run({ input_ids: ids }),
  "text 0",
);
for (const side of [32, 64, 96]) {
  const inputs = {
    sample: noise(2, 4, side, side),
    timestep: tensor([1], Float32Array.of(500)),
    encoder_hidden_states: noise(2, 77, 1024),
  };
  const size = { batch: 2, height: side, width: side };
  await compare(
    `UNet step, ${side}x${side} latents, batch 2`,
    (model) => model.unet(size).run(inputs),
    `unet ${side}`,
  );
}
const memory = Object.entries(contestants).map(
  ([name, { supervisor }]) => [name, memoryOf(supervisor.pid)?.peakBytes ?? 0] as const,
);
const latents = noise(1, 4, 64, 64);
await compare(
  "VAE decode, 64x64 latents",
  (model) => model.vaeDecoder({ batch: 1, height: 64, width: 64 }).run({ latents }),
  "vae 64",
);
for (const { supervisor } of Object.values(contestants)) supervisor.close();
peer?.close();

/** Opening alone: the first run of a fresh process, less a warm one. */
const opening = new Supervisor();
const fresh = new ModelOnDevice(files, cpu, opening, { threads });
const small = {
  sample: noise(2, 4, 8, 8),
  timestep: tensor([1], Float32Array.of(500)),
  encoder_hidden_states: noise(2, 77, 1024),
};
await fresh.unet({ batch: 2, height: 8, width: 8 }).run(small);
const freshInt8 = new ModelOnDevice(quantized, int8Device({ isExact: true }), opening, { threads });
await freshInt8.unet({ batch: 2, height: 8, width: 8 }).run(small);
record("session ready, UNet", {
  mapped: [fresh.loadingSeconds],
  int8: [freshInt8.loadingSeconds],
});
record("weights laid out, the first time", { int8: [quantizeSeconds] });
opening.close();

const studio = new Drawing({ device: "cpu" });
const drawing = await interleaved(
  {
    starter: async () => {
      const request = { prompt: "two purple fish under water", seed: "1" };
      for await (const event of studio.generate(request)) if (event.kind === "image") return;
    },
  },
  rounds,
);
record("starter, 30 steps at 128x128, loaded", drawing);
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
const result = {
  machine,
  node: process.version,
  rounds,
  rows,
  peakBytes: Object.fromEntries(memory),
};
writeFileSync(new URL("results/cpu.json", import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
console.log(`| work | who | seconds | ratio |\n|---|---|---|---|`);
for (const { what, who, seconds, against } of rows)
  console.log(`| ${what} | ${who} | ${seconds.toFixed(2)} | ${against} |`);
for (const [name, bytes] of memory)
  console.log(`| peak memory up to the UNet | ${name} | ${(bytes / 1e9).toFixed(2)} GB | |`);
