/**
 * Measures single layers of Stable Diffusion 2's UNet in int8, by CPU seconds, compared with OpenVINO's if it is
 * installed:
 * `npm run bench -- products [--side N] [--rounds N] [--threads N]`. The side is that of the latents, the batch is two.
 * The inference process has `GLIBC_TUNABLES=glibc.malloc.hugetlb=1`, which has to be set for this process, too.
 */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { Graph } from "../../engine/graph/graph.ts";
import { int8Lowering } from "../../engine/graph/lowerings/int8-lowering.ts";
import { conv2d, linear } from "../../engine/graph/layers.ts";
import { lower } from "../../engine/graph/lowering.ts";
import { encodeModel } from "../../engine/graph/onnx.ts";
import { sizeOf } from "../../engine/tensor/tensor.ts";
import { pythonOf } from "../interop/virtual-environment.ts";
import { LinePeer } from "./line-peer.ts";
import { computed, median } from "./measure.ts";
import { whiteNoise } from "./random-snapshot.ts";

const { values } = parseArgs({
  options: {
    side: { type: "string", default: "64" },
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "1" },
  },
});
const [side, rounds, threads] = [values.side, values.rounds, values.threads].map(Number) as [
  number,
  number,
  number,
];

/** Layers of two pictures: kind, side of the latents at their level, channels in and out. */
const LAYERS = [
  ["conv", 1, 320, 320],
  ["conv", 1, 960, 320],
  ["conv", 1, 640, 640],
  ["conv", 2, 640, 640],
  ["conv", 2, 1920, 640],
  ["conv", 4, 1280, 1280],
  ["conv", 4, 2560, 1280],
  ["linear", 1, 320, 320],
  ["linear", 1, 320, 2560],
  ["linear", 1, 1280, 320],
  ["linear", 2, 640, 5120],
  ["linear", 2, 2560, 640],
  ["linear", 4, 1280, 10240],
] as const;

const random = whiteNoise(7);

interface Layer {
  readonly kind: "conv" | "linear";
  readonly shape: readonly [number, number, number, number] | readonly [number, number, number];
  readonly channels: number;
  readonly out: number;
}

/** The layer as the engine lowers it, with random weights; returns the CPU seconds of a run. */
async function ours({ kind, shape, channels, out }: Layer): Promise<() => Promise<number>> {
  const k = kind === "conv" ? 9 : 1;
  const file = join(tmpdir(), "darkroom-products.bin");
  const whole = Int8Array.from({ length: channels * k * out }, (_, i) => ((i * 7919) % 255) - 127);
  const floats = new Float32Array(out).fill(0.01);
  writeFileSync(file, Buffer.concat([whole, floats].map((part) => new Uint8Array(part.buffer))));
  const g = Graph.empty();
  const x = g.input("x", shape);
  const y = kind === "conv" ? conv2d(g, x, { out }) : linear(g, x, out);
  const program = lower(g.output("y", y), int8Lowering, ({ name }) =>
    name.endsWith(".int8")
      ? { location: "darkroom-products.bin", offset: 0, lengthBytes: whole.length, type: "int8" }
      : {
          location: "darkroom-products.bin",
          offset: whole.length,
          lengthBytes: floats.byteLength,
          type: "float32",
        },
  );
  const session = await InferenceSession.create(encodeModel(program), {
    graphOptimizationLevel: "all",
    intraOpNumThreads: threads,
    extra: { session: { model_external_initializers_file_folder_path: tmpdir() } },
  });
  const data = Float32Array.from({ length: sizeOf(shape) }, random);
  const feeds = { x: new Tensor("float32", data, shape) };
  // Both write into allocated memory, as layers in the middle of a network do.
  const results = { y: new Tensor("float32", new Float32Array(sizeOf(y.shape)), y.shape) };
  await session.run(feeds, results);
  return () => computed(() => session.run(feeds, results));
}

const script = new URL("openvino_products_peer.py", import.meta.url).pathname;
const peer = await LinePeer.start(pythonOf("openvino"), [script, String(threads)]);
if (peer === undefined) console.error("OpenVINO int8: skipped, openvino is not installed");

console.log("| layer | ours | billion operations a second | OpenVINO | ours over OpenVINO |");
console.log("|---|---|---|---|---|");
for (const [kind, level, channels, out] of LAYERS) {
  const at = side / level;
  const isConvolution = kind === "conv";
  const shape = isConvolution
    ? ([2, channels, at, at] as const)
    : ([2, at * at, channels] as const);
  const run = await ours({ kind, shape, channels, out });
  const sizes = isConvolution ? [2, at, channels, out] : [2 * at * at, channels, out];
  const line = `${kind} ${sizes.join(" ")}`;
  await peer?.run(line);
  const [mine, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    mine.push(await run());
    theirs.push((await peer?.run(line)) ?? 0);
  }
  const operations = 2 * 2 * at * at * channels * out * (isConvolution ? 9 : 1);
  const seconds = median(mine);
  const beside =
    peer === undefined
      ? "not installed | "
      : `${(1000 * median(theirs)).toFixed(1)} ms | ${median(mine.map((one, i) => one / theirs[i]!)).toFixed(2)}`;
  console.log(
    `| ${line} | ${(1000 * seconds).toFixed(1)} ms | ${(operations / seconds / 1e9).toFixed(0)} | ${beside} |`,
  );
}
peer?.close();
