import type { Precision } from "../tensor/precision.ts";
import type { Model, NodeOf, OperationKind, Weight } from "./graph.ts";
import { Emitter, type StoredWeight } from "./emitter.ts";
import type { Port, Program } from "./onnx.ts";
import { emitPeaks, PEAKS } from "./peaks.ts";

/**
 * How one device wants the operations: a table from operation to ONNX operators. Networks never ask
 * which is in use; another device, or a faster way to do one thing, is another table.
 */
export interface Lowering {
  /** What floats are inside the graph; its inputs and outputs are always float32. */
  readonly precision: Precision;
  /** How pictures lie inside the graph: (b, h, w, c), or as the model has them where this is absent. */
  readonly layout?: "channels last";
  readonly operations: { readonly [K in OperationKind]: Lower<K> };
}

/** Emits the operators of one node and gives the ONNX name of its result. */
export type Lower<K extends OperationKind> = (
  emit: Emitter,
  node: NodeOf<K>,
  inputs: readonly string[],
) => string;

/**
 * A model in ONNX operators. `stored` says where a weight lies and how it is kept there, if it is. One that is watched
 * has PEAKS among its outputs.
 */
export function lower(
  model: Model,
  lowering: Lowering,
  stored: (weight: Weight) => StoredWeight | undefined,
  { isWatched = false } = {},
): Program {
  const emit = new Emitter(lowering.precision, stored);
  const names = new Map<string, string>();
  for (const { name, type, shape } of model.inputs) {
    const scope = emit.scoped(name);
    const input = type === "float" ? scope.cast(name, lowering.precision) : name;
    names.set(name, turned(scope, lowering, { value: input, shape, perm: [0, 2, 3, 1] }));
  }
  for (const node of model.nodes) {
    const inputs = node.inputs.map(({ name }) => names.get(name) ?? name);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the entry under a node's kind takes that kind of node.
    const operation = lowering.operations[node.kind] as Lower<OperationKind>;
    names.set(node.output.name, operation(emit.scoped(node.name), node, inputs));
  }
  for (const { name, shape } of model.outputs) {
    const scope = emit.scoped(name);
    const result = names.get(name) ?? name;
    scope.output(turned(scope, lowering, { value: result, shape, perm: [0, 3, 1, 2] }), name);
  }
  const outputs = model.outputs.map(port);
  if (isWatched) {
    const values = model.nodes.map(({ output }) => names.get(output.name) ?? output.name);
    emitPeaks(emit.scoped(PEAKS), values);
    outputs.push({ name: PEAKS, shape: [values.length], type: "float32" });
  }
  return { inputs: model.inputs.map(port), outputs, ...emit.emitted() };
}

interface Turned {
  readonly value: string;
  /** As the model has it. */
  readonly shape: readonly number[];
  readonly perm: readonly number[];
}

/** A picture in the other layout, where the lowering has one of its own; anything else as it is. */
function turned(emit: Emitter, { layout }: Lowering, { value, shape, perm }: Turned): string {
  return layout === undefined || shape.length !== 4 ? value : emit.transpose(value, perm);
}

function port({ name, shape, type }: Model["inputs"][number]): Port {
  return { name, shape, type: type === "integer" ? "int32" : "float32" };
}
