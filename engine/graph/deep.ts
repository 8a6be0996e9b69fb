import type { Model } from "./graph.ts";
import { part } from "./once.ts";

/** A UNet cut where its first skip comes back in, before its last layer. */
export interface DeepModel {
  /** The whole, which gives `deep` beside its outputs. */
  readonly all: Model;
  /** What the last layer needs, which takes `deep` as an input. */
  readonly last: Model;
  /** The value in front of the last layer: what all deeper layers came to. */
  readonly deep: string;
}

/**
 * Cuts the last layer off. What the deeper ones give changes little from step to step, so that a step may use that of
 * the step before (DeepCache, Ma et al. 2023, with its branch 0). Returns undefined where no skip comes back.
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
