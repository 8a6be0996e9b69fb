import type { Precision } from "../tensor/precision.ts";
import type { Model, NodeOf, OperationKind, Weight } from "./graph.ts";
import { Emitter, type StoredWeight } from "./emitter.ts";
import type { OnnxNode, Port, Program } from "./onnx.ts";
import { emitPeaks, PEAKS } from "./peaks.ts";

/**
 * How one kind of device computes the operations: a table from operation to ONNX operators. Networks never ask which is
 * in use; another device, or a faster method for one operation, is another table.
 */
export interface Lowering {
  /** The precision of floats inside the graph; its inputs and outputs are always float32. */
  readonly precision: Precision;
  /** The layout of pictures inside the graph: (b, h, w, c), or the model's (b, c, h, w) where this is absent. */
  readonly layout?: "channels last";
  readonly operations: { readonly [K in OperationKind]: Lower<K> };
  /** Fuses operations of a model into one (joinNorms, fuseUpsampling); not called if the layers are watched. */
  readonly prepare?: (model: Model) => Model;
  /** Whether kernels are transformed in every run, and not once when a session is opened. */
  readonly transformsKernels?: true;
  /** Replaces several operators of the finished graph by one that the provider has for them. */
  readonly join?: (nodes: readonly OnnxNode[]) => readonly OnnxNode[];
}

/** Emits the operators of one node and gives the ONNX name of its result. */
export type Lower<K extends OperationKind> = (
  emit: Emitter,
  node: NodeOf<K>,
  inputs: readonly string[],
) => string;

/**
 * Turns a model into ONNX operators. `stored` says where a weight is and in which form. With `isWatched` the outputs
 * include PEAKS.
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
  const { nodes, initializers } = emit.emitted();
  const joined = lowering.join?.(nodes) ?? nodes;
  return { inputs: model.inputs.map(port), outputs, nodes: joined, initializers };
}

interface Turned {
  readonly value: string;
  /** The shape in the model's layout. */
  readonly shape: readonly number[];
  readonly perm: readonly number[];
}

/** A picture in the other layout, if the lowering has its own; anything else unchanged. */
function turned(emit: Emitter, { layout }: Lowering, { value, shape, perm }: Turned): string {
  return layout === undefined || shape.length !== 4 ? value : emit.transpose(value, perm);
}

function port({ name, shape, type }: Model["inputs"][number]): Port {
  return { name, shape, type: type === "integer" ? "int32" : "float32" };
}
