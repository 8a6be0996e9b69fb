import type { Emitter } from "./emitter.ts";
import type { Model } from "./graph.ts";

/** The additional output of a watched graph: (layers), the largest magnitude in each layer's result. */
export const PEAKS = "peaks";

/** The layers of a model in the order of computation: module paths, as in the names of its weights. */
export function layersOf({ nodes }: Model): readonly string[] {
  return nodes.map(({ name, kind }) => {
    const path = name.replace(/\.\d+$/, "");
    return path.endsWith(`.${kind}`) ? path.slice(0, -kind.length - 1) : name;
  });
}

/** Adds the output with the peak of each of these values, one for each layer. */
export function emitPeaks(emit: Emitter, values: readonly string[]): void {
  const peaks = values.map((value) => {
    const flat = emit.reshape(emit.cast(value, "float32"), [-1]);
    return emit.node("ReduceMax", [emit.node("Abs", [flat])], { attributes: { keepdims: 1 } });
  });
  emit.output(emit.node("Concat", peaks, { attributes: { axis: 0 } }), PEAKS);
}
