import { describe, expect, test } from "vitest";
import { inBands } from "../../../engine/graph/bands.ts";
import { Graph, type Model, type Value } from "../../../engine/graph/graph.ts";
import { conv2d, groupNorm, silu, upsample } from "../../../engine/graph/layers.ts";
import { vaeDecoder } from "../../../engine/networks/vae.ts";
import { sizeOf, tensor } from "../../../engine/tensor/tensor.ts";
import { SD2_VAE } from "../../fakes/sd2-configs.ts";
import { CPU, load, relativeError, snapshotFolder } from "../../golden/reference.ts";

function network(shape: readonly number[], layer: (g: Graph, x: Value) => Value): Model {
  const g = Graph.empty();
  return g.output("y", layer(g.at("layer"), g.input("x", shape)));
}

/** Kinds and heights of what is computed, in order. */
function heights({ nodes }: Model): string[] {
  return nodes.map(({ kind, output }) => `${kind} ${output.shape[2]}`);
}

/** 4 channels of 4 pixels a row. */
const ROW_BYTES = 4 * 4 * 4;

test("a convolution reads a row of each neighbour and pads at the picture's edges only", () => {
  const whole = network([1, 4, 24, 4], (g, x) => conv2d(g, x, { out: 4 }));
  const { nodes } = inBands(whole, 8 * ROW_BYTES);
  const convolutions = nodes.filter((node) => node.kind === "conv2d");
  expect(convolutions.map(({ inputs }) => inputs[0]!.shape[2])).toEqual([9, 10, 9]);
  expect(convolutions.map(({ attributes }) => attributes.pads)).toEqual([
    [1, 1, 0, 1],
    [0, 1, 0, 1],
    [0, 1, 1, 1],
  ]);
  expect(nodes.at(-1)).toMatchObject({ kind: "joinRows", output: whole.outputs[0] });
});

test("a convolution that halves reads twice its rows", () => {
  const whole = network([1, 4, 32, 4], (g, x) =>
    conv2d(g, x, { out: 4, stride: 2, padding: "end" }),
  );
  const { nodes } = inBands(whole, 4 * ROW_BYTES);
  const convolutions = nodes.filter((node) => node.kind === "conv2d");
  expect(convolutions.map(({ inputs }) => inputs[0]!.shape[2])).toEqual([17, 16]);
  expect(convolutions.map(({ attributes }) => attributes.pads)).toEqual([
    [0, 0, 0, 1],
    [0, 0, 1, 1],
  ]);
});

test("a group norm measures all bands before it changes one", () => {
  const whole = network([1, 4, 16, 4], (g, x) => groupNorm(g, x, { groups: 2, epsilon: 1e-6 }));
  const kinds = inBands(whole, 8 * ROW_BYTES).nodes.map(({ kind }) => kind);
  const [first, last] = [kinds.indexOf("scaleChannels"), kinds.lastIndexOf("groupMoments")];
  expect(first).toBeGreaterThan(last);
});

test("what fits into one band stays as it is", () => {
  const whole = network([1, 4, 16, 4], (g, x) => silu(g, x));
  expect(inBands(whole, 16 * ROW_BYTES)).toEqual(whole);
});

test("an upsampling that does not double is computed whole", () => {
  const whole = network([1, 4, 17, 4], (g, x) => upsample(g, x, { height: 33, width: 7 }));
  expect(heights(inBands(whole, 8 * ROW_BYTES))).toEqual(["upsample 33"]);
});

test("no value of a 1024x1024 decoding is much larger than a band", () => {
  const bandBytes = 32e6;
  const decoder = vaeDecoder(SD2_VAE, { batch: 1, height: 128, width: 128 });
  const { nodes, weights, outputs } = inBands(decoder, bandBytes);
  const large = nodes.filter(({ output }) => 4 * sizeOf(output.shape) > 1.2 * bandBytes);
  expect(large.map(({ output }) => output)).toEqual([]);
  expect(weights).toBe(decoder.weights);
  expect(outputs).toBe(decoder.outputs);
  expect(nodes.length).toBeLessThan(4_000);
});

describe("a VAE in bands gives what it gives whole", () => {
  const waves = (shape: readonly number[]) =>
    tensor(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * i)),
    );

  test.each([
    [9, 7],
    [16, 4],
    [5, 13],
  ])("for latents of %ix%i", async (height, width) => {
    using whole = await load(snapshotFolder("tiny-sd2-v"), { ...CPU, vaeBandBytes: 1e9 });
    using banded = await load(snapshotFolder("tiny-sd2-v"), { ...CPU, vaeBandBytes: 1 });
    const latents = waves([1, 4, height, width]);
    const image = waves([1, 3, 8 * height, 8 * width]);
    const results = [whole, banded].map(async ({ loaded: { parts } }) => {
      const small = { batch: 1, height, width };
      const large = { batch: 1, height: 8 * height, width: 8 * width };
      const { decoded } = await parts.networks.vaeDecoder(small).run({ latents });
      const { moments } = await parts.networks.vaeEncoder(large).run({ image });
      return [decoded, moments].map((output) => output!.data as Float32Array);
    });
    const [wholes = [], bands = []] = await Promise.all(results);
    for (const [i, values] of bands.entries()) {
      expect(relativeError(values, wholes[i]!)).toBeLessThan(1e-5);
    }
  });
});
