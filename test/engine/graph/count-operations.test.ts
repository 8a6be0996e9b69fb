import { expect, test } from "vitest";
import { countOperations } from "../../../engine/graph/count-operations.ts";
import { Graph, type Model, type Value } from "../../../engine/graph/graph.ts";
import { add, conv2d, flattenSpace, linear } from "../../../engine/graph/layers.ts";

/** A network that applies `build` to a picture of (2, 3, 4, 5). */
function network(build: (g: Graph, x: Value) => Value): Model {
  const g = Graph.empty();
  return g.output("y", build(g, g.input("x", [2, 3, 4, 5])));
}

test("a convolution multiplies every kernel with every position", () => {
  const model = network((g, x) => conv2d(g.at("conv"), x, { out: 7 }));
  expect(countOperations(model)).toEqual({
    operations: 2 * (2 * 7 * 4 * 5) * (3 * 3 * 3),
    nodes: 1,
  });
});

test("a linear layer multiplies every row with its matrix", () => {
  const model = network((g, x) => linear(g.at("to"), flattenSpace(g, x), 11));
  expect(countOperations(model).operations).toBe(2 * 3 * 20 + 2 * (2 * 20 * 11) * 3);
});

test("attention grows with queries times keys", () => {
  const model = network((g, x) => {
    const tokens = flattenSpace(g, x);
    return g.op(
      "attention",
      { inputs: [tokens, tokens, tokens], weights: [], attributes: { heads: 1, causal: false } },
      tokens.shape,
    );
  });
  expect(countOperations(model).operations).toBe(2 * 3 * 20 + 4 * 2 * 20 * 20 * 3);
});

test("an operation that is not a product costs one operation per number", () => {
  const model = network((g, x) => add(g, x, x));
  expect(countOperations(model)).toEqual({ operations: 120, nodes: 1 });
});
