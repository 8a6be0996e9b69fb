import { expect, test } from "vitest";
import { Graph, type Model, type Value } from "../../../../engine/graph/graph.ts";
import { add, conv2d, groupNorm, silu } from "../../../../engine/graph/layers.ts";
import { joinNorms } from "../../../../engine/graph/lowerings/normed-convolution.ts";
import { vaeDecoder, vaeEncoder } from "../../../../engine/networks/vae.ts";
import { SD2_VAE } from "../../../fakes/sd2-configs.ts";

function network(layer: (g: Graph, x: Value) => Value): Model {
  const g = Graph.empty();
  return g.output("y", layer(g.at("layer"), g.input("x", [1, 8, 6, 5])));
}

const normal = (g: Graph, x: Value): Value =>
  silu(g, groupNorm(g.at("norm"), x, { groups: 4, epsilon: 1e-6 }));

test("a norm, its SiLU, the convolution after it and an addition become one", () => {
  const model = network((g, x) => add(g, x, conv2d(g.at("conv"), normal(g, x), { out: 8 })));
  const { nodes, weights } = joinNorms(model);
  const [x] = model.inputs;
  expect(nodes).toMatchObject([
    { kind: "normedConv2d", inputs: [x, x], output: model.outputs[0], attributes: { groups: 4 } },
  ]);
  const names = nodes.flatMap((node) => node.weights.map(({ name }) => name));
  expect(names).toEqual([
    "layer.norm.weight",
    "layer.norm.bias",
    "layer.conv.weight",
    "layer.conv.bias",
  ]);
  expect(new Set(weights.keys())).toEqual(new Set(names));
});

test.each([
  [
    "a norm that another reads, too",
    network((g, x) => {
      const norm = groupNorm(g, x, { groups: 4, epsilon: 1e-6 });
      return add(g, norm, conv2d(g, silu(g, norm), { out: 8 }));
    }),
  ],
  ["a convolution that strides", network((g, x) => conv2d(g, normal(g, x), { out: 8, stride: 2 }))],
  ["a kernel of one pixel", network((g, x) => conv2d(g, normal(g, x), { out: 8, kernel: 1 }))],
  [
    "a norm without SiLU",
    network((g, x) => conv2d(g, groupNorm(g, x, { groups: 4, epsilon: 1 }), { out: 8 })),
  ],
])("%s stays unchanged", (_, model) => {
  expect(joinNorms(model)).toEqual(model);
});

test.each([
  ["decoder", vaeDecoder(SD2_VAE, { batch: 1, height: 8, width: 8 }), 29],
  ["encoder", vaeEncoder(SD2_VAE, { batch: 1, height: 64, width: 64 }), 21],
] as const)(
  "Stable Diffusion 2's %s has one norm left, before its attention",
  (_, model, joined) => {
    const kinds = joinNorms(model).nodes.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "normedConv2d")).toHaveLength(joined);
    expect(kinds.filter((kind) => kind === "groupNorm")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "add")).toHaveLength(1);
    expect(kinds).not.toContain("silu");
  },
);
