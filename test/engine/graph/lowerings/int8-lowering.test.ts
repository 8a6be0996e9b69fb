import { expect, test } from "vitest";
import { countParameters, Graph, type Model, type Value } from "../../../../engine/graph/graph.ts";
import { fuseUpsampling } from "../../../../engine/graph/lowerings/upsampled-convolution.ts";
import {
  int8Lowering,
  SATURATING,
  weightsToQuantize,
} from "../../../../engine/graph/lowerings/int8-lowering.ts";
import { valuesOf } from "../../../../engine/graph/lowerings/int8-product.ts";
import { add, conv2d, flattenSpace, linear, upsample } from "../../../../engine/graph/layers.ts";
import { lower } from "../../../../engine/graph/lowering.ts";
import { unetParts } from "../../../../engine/runtime/unet-parts.ts";
import { SD2_UNET } from "../../../fakes/sd2-configs.ts";

const STORED = { location: "weights", offset: 0, lengthBytes: 4, type: "float32" } as const;

/** A network of one input and one layer. */
function network(shape: readonly number[], layer: (g: Graph, x: Value) => Value): Model {
  const g = Graph.empty();
  return g.output("y", layer(g.at("layer"), g.input("x", shape)));
}

function operatorsOf(model: Model): readonly string[] {
  const quantized = new Set(weightsToQuantize(model).map((weight) => valuesOf(weight).name));
  const isStored = (name: string) => !name.endsWith(".int8") || quantized.has(name);
  const { nodes } = lower(model, int8Lowering, ({ name }) => (isStored(name) ? STORED : undefined));
  return [...new Set(nodes.map(({ operator }) => operator))];
}

const tokens = network([1, 9, 64], (g, x) => linear(g, x, 64));
const pixels = network([1, 64, 8, 8], (g, x) => conv2d(g, x, { out: 32 }));

test("products over tokens and convolutions use integers", () => {
  expect(operatorsOf(tokens)).toContain("MatMulIntegerToFloat");
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
  ["the last transformer", network([1, 64, 3, 3], (g, x) => linear(g, flattenSpace(g, x), 64))],
  ["scales that would lie between two floats", network([1, 9, 33], (g, x) => linear(g, x, 33))],
])("%s stays in float32", (_, model) => {
  expect(weightsToQuantize(model)).toEqual([]);
  expect(operatorsOf(model).join()).not.toMatch(/Quantize|Integer/);
});

test("linear layers stay in float32 where convolutions have 7 bits", () => {
  const names = [tokens, pixels].map((model) => weightsToQuantize(model, SATURATING).length);
  expect(names).toEqual([0, 1]);
});

test("readers of one value share its bytes, and rows are scaled only if none widens", () => {
  const model = network([1, 9, 64], (g, x) => {
    const narrow = linear(g.at("a"), x, 64);
    const other = linear(g.at("b"), x, 64);
    return linear(g.at("c"), add(g, narrow, other), 256);
  });
  const { nodes } = lower(model, int8Lowering, () => STORED);
  const count = (operator: string) => nodes.filter((node) => node.operator === operator).length;
  expect(count("MatMulIntegerToFloat")).toBe(3);
  expect(count("DynamicQuantizeLinear")).toBe(2);
  expect(count("ReduceMax")).toBe(1);
});

test.each([
  [[1, 64, 8, 8], 1],
  [[2, 64, 32, 32], 1],
  [[2, 64, 64, 64], 4],
  [[1, 64, 40, 96], 2],
])("a convolution of %j is %i products", (shape, products) => {
  const model = network(shape, (g, x) => conv2d(g, x, { out: 32 }));
  const { nodes } = lower(model, int8Lowering, () => STORED);
  const found = nodes.filter(({ operator }) => operator === "MatMulIntegerToFloat");
  expect(found.length).toBe(products);
});

test("an upsampled convolution is a product for each tap of the kernel, over the small picture", () => {
  const model = network([2, 64, 64, 64], (g, x) =>
    conv2d(g, upsample(g, x, { height: 128, width: 128 }), { out: 32 }),
  );
  const { nodes, initializers } = lower(fuseUpsampling(model), int8Lowering, () => ({
    location: "weights",
    offset: 100,
    lengthBytes: 9 * 64 * 32,
    type: "int8",
  }));
  const products = nodes.filter(({ operator }) => operator === "MatMulIntegerToFloat");
  expect(products.length).toBe(9);
  const taps = products.map(({ inputs: [, values] }) =>
    initializers.find(({ name }) => name === values),
  );
  expect(taps.map((tap) => [tap?.shape, tap])).toMatchObject(
    taps.map((_, i) => [[64, 32], { offset: 100 + i * 64 * 32, lengthBytes: 64 * 32 }]),
  );
});

test("nine tenths of Stable Diffusion 2's UNet become integers, and nothing that only the prompt decides", () => {
  const { step, once } = unetParts(SD2_UNET, { batch: 2, height: 8, width: 8, tokens: 77 });
  const quantized = weightsToQuantize(step);
  const size = (shape: readonly number[]) => shape.reduce((product, one) => product * one, 1);
  const total = quantized.reduce((sum, { shape }) => sum + size(shape), 0);
  expect(total / countParameters(step)).toBeGreaterThan(0.9);
  expect(quantized.filter(({ name }) => once?.weights.has(name))).toEqual([]);
});
