import type { Model, Node, Value } from "./graph.ts";

/** The cost of running a network once. */
export interface Work {
  /** Floating-point operations in matrix products and convolutions; a multiplication and an addition count as two. */
  readonly operations: number;
  /** Nodes of the graph: each has a small fixed cost, however small its tensors are. */
  readonly nodes: number;
}

/** Counts the products of a network; everything else is negligible beside them. */
export function countOperations({ nodes }: Model): Work {
  const operations = nodes.reduce((sum, node) => sum + operationsOf(node), 0);
  return { operations, nodes: nodes.length };
}

function operationsOf({ kind, inputs, weights, output }: Node): number {
  if (kind === "attention") return attentionOperations(inputs);
  if (kind !== "conv2d" && kind !== "linear") return sizeOf(output);
  return 2 * sizeOf(output) * inputsPerOutput(weights[0]?.shape ?? []);
}

/** The number of inputs that go into each output of a weight of shape (outputs, ...inputs). */
function inputsPerOutput([, ...inputs]: readonly number[]): number {
  return product(inputs);
}

/** The product of queries and keys, and the product of the scores and values. */
function attentionOperations([query, key]: readonly Value[]): number {
  const [batch = 1, queries = 1, width = 1] = query?.shape ?? [];
  const [, keys = 1] = key?.shape ?? [];
  return 4 * batch * queries * keys * width;
}

/** Elements of the largest value between a network's nodes. */
export function largestValue({ nodes }: Model): number {
  return Math.max(...nodes.map(({ output }) => sizeOf(output)));
}

function sizeOf({ shape }: Value): number {
  return product(shape);
}

function product(values: readonly number[]): number {
  return values.reduce((size, value) => size * value, 1);
}
