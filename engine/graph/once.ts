import type { Model, Node, Value, Weight } from "./graph.ts";

/** A model split in two: `once` runs when `input` changes; `step` takes its outputs beside the other inputs. */
export interface SplitModel {
  readonly once: Model;
  readonly step: Model;
}

/**
 * Splits off what depends on `input` and weights only: the keys and values of text attention do not change between
 * steps. Returns undefined if nothing does.
 */
export function splitOnce(model: Model, input: string): SplitModel | undefined {
  const ready = new Set<string>([input]);
  const early = new Set<Node>();
  for (const node of model.nodes) {
    if (!node.inputs.every(({ name }) => ready.has(name))) continue;
    ready.add(node.output.name);
    early.add(node);
  }
  if (early.size === 0) return undefined;
  const before = model.nodes.filter((node) => early.has(node));
  const after = model.nodes.filter((node) => !early.has(node));
  const crossing = valuesUsedBy(
    after,
    before.map((node) => node.output),
  );
  const others = model.inputs.filter(({ name }) => name !== input);
  const direct = valuesUsedBy(
    after,
    model.inputs.filter(({ name }) => name === input),
  );
  return {
    once: part(
      before,
      model.inputs.filter(({ name }) => name === input),
      crossing,
    ),
    step: part(after, [...others, ...direct, ...crossing], model.outputs),
  };
}

function valuesUsedBy(nodes: readonly Node[], values: readonly Value[]): Value[] {
  const used = new Set(nodes.flatMap(({ inputs }) => inputs.map(({ name }) => name)));
  return values.filter(({ name }) => used.has(name));
}

/** A subset of a model's nodes as a model. */
export function part(
  nodes: readonly Node[],
  inputs: readonly Value[],
  outputs: readonly Value[],
): Model {
  const weights = new Map<string, Weight>();
  for (const node of nodes) for (const weight of node.weights) weights.set(weight.name, weight);
  return { inputs, nodes, outputs, weights };
}
