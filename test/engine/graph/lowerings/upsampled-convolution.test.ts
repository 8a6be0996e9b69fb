import { expect, test } from "vitest";
import { fuseUpsampling } from "../../../../engine/graph/lowerings/upsampled-convolution.ts";
import { Graph, type Model, type Value } from "../../../../engine/graph/graph.ts";
import { add, conv2d, upsample } from "../../../../engine/graph/layers.ts";
import { vaeDecoder } from "../../../../engine/networks/vae.ts";
import { SD2_VAE } from "../../../fakes/sd2-configs.ts";

function network(layer: (g: Graph, x: Value) => Value, shape = [1, 4, 16, 4]): Model {
  const g = Graph.empty();
  return g.output("y", layer(g.at("layer"), g.input("x", shape)));
}

const twice = (g: Graph, x: Value): Value => upsample(g, x, { height: 32, width: 8 });

test("a 2x upsampling and the convolution after it become one, which reads the small picture", () => {
  const model = network((g, x) => conv2d(g, twice(g, x), { out: 8 }));
  const [fused, ...others] = fuseUpsampling(model).nodes;
  expect(others).toEqual([]);
  expect(fused).toMatchObject({
    kind: "upsampledConv2d",
    inputs: model.inputs,
    output: model.outputs[0],
  });
});

test.each([
  [
    "an upsampling that others read, too",
    network((g, x) => {
      const large = twice(g, x);
      return add(g, conv2d(g, large, { out: 4 }), large);
    }),
  ],
  [
    "one pixel less than twice",
    network((g, x) => conv2d(g, upsample(g, x, { height: 31, width: 8 }), { out: 8 })),
  ],
  ["a kernel of one pixel", network((g, x) => conv2d(g, twice(g, x), { out: 8, kernel: 1 }))],
  ["a convolution that strides", network((g, x) => conv2d(g, twice(g, x), { out: 8, stride: 2 }))],
])("%s stays unchanged", (_, model) => {
  expect(fuseUpsampling(model)).toEqual(model);
});

test("Stable Diffusion 2's decoder has three", () => {
  const { nodes } = fuseUpsampling(vaeDecoder(SD2_VAE, { batch: 1, height: 8, width: 8 }));
  expect(nodes.filter(({ kind }) => kind === "upsampledConv2d")).toHaveLength(3);
  expect(nodes.filter(({ kind }) => kind === "upsample")).toEqual([]);
});
