import type { Model } from "./graph.ts";
import { part } from "./once.ts";

/** A UNet split before its last layer, where its first skip connection is used. */
export interface DeepModel {
  /** The whole UNet, which also outputs `deep`. */
  readonly all: Model;
  /** The last layer, which takes `deep` as an input. */
  readonly last: Model;
  /** The value that enters the last layer: the result of all deeper layers. */
  readonly deep: string;
}

/**
 * Splits off the last layer. The deeper layers' result changes little from step to step, so a step can reuse that of an
 * earlier one (DeepCache, Ma et al. 2023, branch 0). Returns undefined if the model has no such skip connection.
 */
export function cutBeforeLast(model: Model): DeepModel | undefined {
  const [deep] = model.nodes.findLast(({ kind }) => kind === "concat")?.inputs ?? [];
  if (deep === undefined) return undefined;
  const needed = new Set(model.outputs.map(({ name }) => name));
  const last = model.nodes
    .toReversed()
    .filter(({ inputs, output: { name } }) => {
      if (name === deep.name || !needed.has(name)) return false;
      for (const input of inputs) needed.add(input.name);
      return true;
    })
    .toReversed();
  const inputs = [...model.inputs.filter(({ name }) => needed.has(name)), deep];
  return {
    all: { ...model, outputs: [...model.outputs, deep] },
    last: part(last, inputs, model.outputs),
    deep: deep.name,
  };
}
