import { expect, test } from "vitest";
import { Graph, type Model, type Value } from "../../../../engine/graph/graph.ts";
import {
  add,
  attend,
  flattenSpace,
  gatedGelu,
  gelu,
  groupNorm,
  layerNorm,
  linear,
} from "../../../../engine/graph/layers.ts";
import { scaleMoves } from "../../../../engine/graph/lowerings/scale-moves.ts";
import { unetParts } from "../../../../engine/runtime/unet-parts.ts";
import { unet } from "../../../../engine/networks/unet.ts";
import { weightsToQuantize } from "../../../../engine/graph/lowerings/int8-lowering.ts";
import { SD2_UNET } from "../../../fakes/sd2-configs.ts";

function network(shape: readonly number[], layers: (g: Graph, x: Value) => Value): Model {
  const g = Graph.empty();
  return g.output("y", layers(g, g.input("x", shape)));
}

/** The names of makers and readers of all matrices. */
function movesOf(model: Model): readonly string[] {
  const names = (weights: readonly { readonly name: string }[]) =>
    weights.map(({ name }) => name).join("+");
  return scaleMoves(model, new Set(model.weights.keys())).map(
    ({ channels, makers, readers }) => `${names(makers)} -> ${names(readers)}: ${channels}`,
  );
}

test("a norm's channels are scaled for all that read it", () => {
  const model = network([1, 4, 64], (g, x) => {
    const h = layerNorm(g.at("norm"), x);
    return add(g, linear(g.at("a"), h, 8), linear(g.at("b"), h, 8));
  });
  expect(movesOf(model)).toEqual(["norm.weight+norm.bias -> a.weight+b.weight: 64"]);
});

test("through the change from pixels to tokens", () => {
  const model = network([1, 64, 2, 2], (g, x) => {
    const normal = groupNorm(g.at("norm"), x, { groups: 4, epsilon: 1e-6 });
    return linear(g.at("in"), flattenSpace(g, normal), 8);
  });
  expect(movesOf(model)).toEqual(["norm.weight+norm.bias -> in.weight: 64"]);
});

test("attention passes on the values' channels, a gate the first half", () => {
  const model = network([1, 4, 64], (g, x) => {
    const [query, key] = [linear(g.at("q"), x, 64), linear(g.at("k"), x, 64)];
    const value = linear(g.at("v"), x, 64, { bias: false });
    const y = linear(g.at("out"), attend(g, { query, key, value }, 2), 64);
    return linear(g.at("2"), gatedGelu(g, linear(g.at("0"), y, 16)), 64);
  });
  expect(movesOf(model)).toEqual([
    "v.weight -> out.weight: 64",
    "out.weight+out.bias -> 0.weight: 64",
    "0.weight+0.bias -> 2.weight: 8",
  ]);
});

test.each<[string, (g: Graph, x: Value) => Value]>([
  [
    "a value that something else reads, too",
    (g, x) => {
      const h = layerNorm(g.at("norm"), x);
      return add(g, h, linear(g.at("a"), h, 64));
    },
  ],
  ["a sum", (g, x) => linear(g.at("a"), add(g, x, layerNorm(g.at("norm"), x)), 64)],
  ["a curve", (g, x) => linear(g.at("a"), gelu(g, linear(g.at("b"), x, 64)), 64)],
])("nothing moves through %s", (_, layers) => {
  const moves = movesOf(network([1, 4, 64], layers));
  expect(moves.filter((move) => move.includes("-> a."))).toEqual([]);
});

test("everything that the transformers of Stable Diffusion 2 read, except their last linear layer, is scaled", () => {
  const size = { batch: 1, height: 64, width: 64, tokens: 77 };
  const { step } = unetParts(SD2_UNET, size);
  const names = new Set(weightsToQuantize(step).map(({ name }) => name));
  const moves = scaleMoves(unet(SD2_UNET, size), names);
  // For each of the 16 but the last, which stays float32: 7 (in, q k v, out, q, out, ff.0, ff.2).
  expect(moves).toHaveLength(15 * 7);
  expect(new Set(moves.flatMap(({ readers }) => readers.map(({ name }) => name))).size).toBe(
    15 * 9,
  );
});
