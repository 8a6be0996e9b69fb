import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Graph, type Value } from "../../../engine/graph/graph.ts";
import { int8Lowering } from "../../../engine/graph/lowerings/int8-lowering.ts";
import { conv2d, linear, upsample } from "../../../engine/graph/layers.ts";
import { lower, type Lowering } from "../../../engine/graph/lowering.ts";
import { encodeModel } from "../../../engine/graph/onnx.ts";
import { Supervisor } from "../../../engine/runtime/supervisor.ts";
import { findIn, folderOf } from "../../../engine/runtime/weight-files.ts";
import type { Weights } from "../../../engine/snapshot/weights.ts";
import { readHeader } from "../../../engine/snapshot/safetensors.ts";
import { quantizedWeights } from "../../../engine/store/located-weights.ts";
import { QuantizedMatrix } from "../../../engine/tensor/quantize.ts";
import { float32, safetensors } from "../../fakes/safetensors-writer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { whiteNoise } from "../../bench/random-snapshot.ts";

const random = whiteNoise(11);
const noise = (size: number): Float32Array => Float32Array.from({ length: size }, random);

interface Layer {
  readonly shape: readonly number[];
  readonly x: Float32Array;
  readonly weight: { readonly shape: readonly number[]; readonly values: Float32Array };
  readonly bias: Float32Array;
  readonly build: (g: Graph, x: Value) => Value;
}

/** The inference process's result for one layer, whose weights are in a copied file. */
async function computed(
  { shape, x, weight, bias, build }: Layer,
  lowering: Lowering = int8Lowering,
): Promise<ArrayLike<number>> {
  const folder = temporaryFolder();
  const file = join(folder, "layer.safetensors");
  const bytes = safetensors({
    weight: float32(weight.shape, weight.values),
    bias: float32([bias.length], bias),
  });
  writeFileSync(file, bytes);
  const weights: Weights = new Map(
    [...readHeader(bytes, bytes.length, file).tensors].map(([name, tensor]) => [
      name,
      { ...tensor, file, dtype: "F32" },
    ]),
  );
  const chosen = { names: new Set(["weight"]), bits: 8 } as const;
  const stored = await quantizedWeights(weights, chosen, { cacheFolder: folder });
  const files = { network: "layer", weights: stored };
  const g = Graph.empty();
  const model = g.output("y", build(g, g.input("x", shape)));
  const graph = encodeModel(lower(lowering.prepare?.(model) ?? model, lowering, findIn(files)));
  const supervisor = new Supervisor();
  onTestFinished(() => supervisor.close());
  const options = { provider: "cpu", weights: "prepacked", folder: folderOf(files) } as const;
  await supervisor.request({ kind: "open", session: 1, graph, options }, "opening");
  const inputs = { x: { shape, data: x } };
  const { y } = await supervisor.request({ kind: "run", session: 1, inputs }, "running");
  return y!.data;
}

/** Values rounded as uint8: 255 steps from the smallest to the largest, with 0 among them. */
function inBytes(x: Float32Array): Float32Array {
  const least = x.reduce((least, value) => Math.min(least, value), 0);
  const most = x.reduce((most, value) => Math.max(most, value), 0);
  const scale = (most - least) / 255;
  const zero = Math.round(-least / scale);
  const byte = (value: number) => Math.min(255, Math.max(0, Math.round(value / scale) + zero));
  return x.map((value) => (byte(value) - zero) * scale);
}

/** (out, inputs) rounded as int8, with kernels' inputs in the order (k, k, channels). */
function inWholeNumbers({ shape, values }: Layer["weight"]): Float32Array {
  const matrix = new QuantizedMatrix(shape, 8);
  matrix.setRows(0, values);
  const [out, inputs] = [matrix.scales.length, matrix.rowLength];
  return Float32Array.from({ length: out * inputs }, (_, i) => {
    const [row, input] = [Math.floor(i / inputs), i % inputs];
    return matrix.values[input * out + row]! * matrix.scales[row]!;
  });
}

/** (rows, inputs) times (out, inputs), plus (out). */
function product(x: Float32Array, weights: Float32Array, bias: Float32Array): Float32Array {
  const out = bias.length;
  const inputs = weights.length / out;
  return Float32Array.from({ length: (x.length / inputs) * out }, (_, i) => {
    const [row, column] = [Math.floor(i / out), i % out];
    let sum = bias[column]!;
    for (let k = 0; k < inputs; k++) sum += x[row * inputs + k]! * weights[column * inputs + k]!;
    return sum;
  });
}

/** The largest difference, relative to the largest value. */
function errorOf(actual: ArrayLike<number>, expected: Float32Array): number {
  const largest = (values: Float32Array) => values.reduce((most, one) => Math.max(most, one), 0);
  return (
    largest(expected.map((value, i) => Math.abs(value - actual[i]!))) /
    largest(expected.map(Math.abs))
  );
}

function linearLayer(x: Float32Array, out: number): Layer {
  const weight = { shape: [out, 64], values: noise(out * 64) };
  const build = (g: Graph, value: Value) => linear(g, value, out);
  return { shape: [1, x.length / 64, 64], x, weight, bias: noise(out), build };
}

test("a linear layer that widens: bytes with one scale times integers with one for each output", async () => {
  const layer = linearLayer(noise(9 * 64), 96);
  const expected = product(inBytes(layer.x), inWholeNumbers(layer.weight), layer.bias);
  expect(errorOf(await computed(layer), expected)).toBeLessThan(1e-5);
});

test("any other linear layer: each row in bytes with its own scale, a row of zeros too", async () => {
  const rowSizes = [1, 0.001, 300, 0, 7];
  const x = noise(5 * 64).map((value, i) => value * rowSizes[Math.floor(i / 64)]!);
  const layer = linearLayer(x, 32);
  const most = rowSizes.map(
    (_, row) => Math.max(...x.subarray(row * 64, (row + 1) * 64).map(Math.abs)) || 1,
  );
  const bytes = inBytes(x.map((value, i) => value / most[Math.floor(i / 64)]!));
  const rows = bytes.map((value, i) => value * most[Math.floor(i / 64)]!);
  const expected = product(rows, inWholeNumbers(layer.weight), layer.bias);
  expect(errorOf(await computed(layer), expected)).toBeLessThan(1e-5);
});

test.each([
  [1, 6],
  [2, 6],
  [1, 57],
  [2, 114],
])(
  "a convolution with stride %d of %d rows: columns of bytes times kernels, in bands if there are many",
  async (stride, side) => {
    const [channels, out] = [32, 32];
    const x = noise(channels * side * side);
    const weight = { shape: [out, channels, 3, 3], values: noise(out * channels * 9) };
    const bias = noise(out);
    const build = (g: Graph, value: Value) => conv2d(g, value, { out, stride });
    const layer = { shape: [1, channels, side, side], x, weight, bias, build };
    const bytes = inBytes(x);
    const pixels = side / stride;
    const pixel = (channel: number, row: number, column: number) =>
      Math.min(row, column) < 0 || Math.max(row, column) >= side
        ? 0
        : bytes[(channel * side + row) * side + column]!;
    const columns = Float32Array.from({ length: pixels * pixels * 9 * channels }, (_, i) => {
      const [place, channel] = [Math.floor(i / channels), i % channels];
      const [target, tap] = [Math.floor(place / 9), place % 9];
      const row = stride * Math.floor(target / pixels) + Math.floor(tap / 3) - 1;
      const column = stride * (target % pixels) + (tap % 3) - 1;
      return pixel(channel, row, column);
    });
    const flat = product(columns, inWholeNumbers(weight), bias);
    const expected = flat.map((_, i) => {
      const [channel, target] = [Math.floor(i / pixels ** 2), i % pixels ** 2];
      return flat[target * out + channel]!;
    });
    // Of hundreds of thousands of values, one may lie between two steps and be rounded to the other.
    expect(errorOf(await computed(layer), expected)).toBeLessThan(side > 50 ? 1e-3 : 1e-5);
  },
);

test("an upsampling fused with its convolution equals the two apart, for a batch of two", async () => {
  const [batch, channels, height, width, out] = [2, 32, 5, 7, 40];
  const layer: Layer = {
    shape: [batch, channels, height, width],
    x: noise(batch * channels * height * width),
    weight: { shape: [out, channels, 3, 3], values: noise(out * channels * 9) },
    bias: noise(out),
    build: (g, x) => conv2d(g, upsample(g, x, { height: 2 * height, width: 2 * width }), { out }),
  };
  const { prepare: _, ...apart } = int8Lowering;
  const expected = Float32Array.from(await computed(layer, apart));
  expect(expected).toHaveLength(batch * out * 4 * height * width);
  expect(errorOf(await computed(layer), expected)).toBeLessThan(1e-5);
});
