import { expect, test } from "vitest";
import { countParameters, Graph, type Model, type Value } from "../../../engine/graph/graph.ts";
import {
  EXACT,
  int8Lowering,
  SATURATING,
  weightsToQuantize,
} from "../../../engine/graph/int8-lowering.ts";
import { conv2d, linear } from "../../../engine/graph/layers.ts";
import { lower } from "../../../engine/graph/lowering.ts";
import { unetParts } from "../../../engine/runtime/model-on-device.ts";
import { SD2_UNET } from "../../fakes/sd2-configs.ts";

const STORED = { location: "weights", offset: 0, lengthBytes: 4, type: "float32" } as const;

/** A network of one input and one layer. */
function network(shape: readonly number[], layer: (g: Graph, x: Value) => Value): Model {
  const g = Graph.empty();
  return g.output("y", layer(g.at("layer"), g.input("x", shape)));
}

function operatorsOf(model: Model, quantizing = EXACT): readonly string[] {
  const { nodes } = lower(model, int8Lowering(quantizing), () => STORED);
  return [...new Set(nodes.map(({ operator }) => operator))];
}

const tokens = network([1, 9, 64], (g, x) => linear(g, x, 64));
const pixels = network([1, 64, 8, 8], (g, x) => conv2d(g, x, { out: 32 }));

test("products over tokens and convolutions are of whole numbers", () => {
  expect(operatorsOf(tokens)).toContain("DynamicQuantizeMatMul");
  expect(operatorsOf(pixels)).toContain("MatMulIntegerToFloat");
});

test.each([
  ["one row, as of the time embedding", network([1, 64], (g, x) => linear(g, x, 64))],
  [
    "few channels, as of the first convolution",
    network([1, 4, 8, 8], (g, x) => conv2d(g, x, { out: 64 })),
  ],
  ["few outputs, as of the last", network([1, 64, 8, 8], (g, x) => conv2d(g, x, { out: 4 }))],
  ["a shortcut", network([1, 64, 8, 8], (g, x) => conv2d(g, x, { out: 32, kernel: 1 }))],
  ["scales that would lie between two floats", network([1, 9, 33], (g, x) => linear(g, x, 33))],
])("%s stays in float32", (_, model) => {
  expect(weightsToQuantize(model, EXACT)).toEqual([]);
  expect(operatorsOf(model).join()).not.toMatch(/Quantize|Integer/);
});

test("where pairs of products saturate, linears stay in float32", () => {
  expect(operatorsOf(tokens, SATURATING)).not.toContain("DynamicQuantizeMatMul");
  expect(operatorsOf(pixels, SATURATING)).toContain("MatMulIntegerToFloat");
  expect(SATURATING.bits).toBe(7);
});

test("nine tenths of Stable Diffusion 2's UNet become whole numbers, and nothing that the prompt alone decides", () => {
  const { step, once } = unetParts(SD2_UNET, { batch: 2, height: 8, width: 8, tokens: 77 });
  const quantized = weightsToQuantize(step, EXACT);
  const size = (shape: readonly number[]) => shape.reduce((product, one) => product * one, 1);
  const total = quantized.reduce((sum, { shape }) => sum + size(shape), 0);
  expect(total / countParameters(step)).toBeGreaterThan(0.9);
  expect(quantized.filter(({ name }) => once?.weights.has(name))).toEqual([]);
});
