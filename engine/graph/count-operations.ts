import type { Model, Node, Value } from "./graph.ts";

/** What running a network once comes to. */
export interface Work {
  /** Floating-point operations of its products; a multiplication and an addition are two. */
  readonly operations: number;
  /** Nodes of the graph: each costs a little, however small its tensors are. */
  readonly nodes: number;
}

/** Counts the products of a network; all else is small beside them. */
export function countOperations({ nodes }: Model): Work {
  const operations = nodes.reduce((sum, node) => sum + operationsOf(node), 0);
  return { operations, nodes: nodes.length };
}

function operationsOf({ kind, inputs, weights, output }: Node): number {
  if (kind === "attention") return attentionOperations(inputs);
  if (kind !== "conv2d" && kind !== "linear") return sizeOf(output);
  return 2 * sizeOf(output) * inputsPerOutput(weights[0]?.shape ?? []);
}

/** A weight is (outputs, everything that goes into one of them). */
function inputsPerOutput([, ...inputs]: readonly number[]): number {
  return product(inputs);
}

/** Scores of every query with every key, and the values weighed by them. */
function attentionOperations([query, key]: readonly Value[]): number {
  const [batch = 1, queries = 1, width = 1] = query?.shape ?? [];
  const [, keys = 1] = key?.shape ?? [];
  return 4 * batch * queries * keys * width;
}

/** Of all that lies between a network's nodes. */
export function largestValue({ nodes }: Model): number {
  return Math.max(...nodes.map(({ output }) => sizeOf(output)));
}

function sizeOf({ shape }: Value): number {
  return product(shape);
}

function product(values: readonly number[]): number {
  return values.reduce((size, value) => size * value, 1);
}
