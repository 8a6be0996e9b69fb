import type { Emitter } from "../../engine/graph/emitter.ts";
import type { Lowering } from "../../engine/graph/lowering.ts";
import { portableLowering } from "../../engine/graph/portable-lowering.ts";

type AttentionNode = Parameters<Lowering["operations"]["attention"]>[1];

/** What an exporter writes that knows standard operators only: the graph that ours is measured against. */
export const plainLowering: Lowering = {
  precision: "float32",
  operations: {
    ...portableLowering("float32").operations,
    linear: (emit, { weights: [matrix, bias] }, [x = ""]) => {
      const y = emit.node("MatMul", [x, emit.transpose(emit.weight(matrix!), [1, 0])]);
      return bias === undefined ? y : emit.node("Add", [y, emit.weight(bias)]);
    },
    attention: (emit, node, inputs) =>
      node.attributes.causal
        ? portableLowering("float32").operations.attention(emit, node, inputs)
        : writtenOut(emit, node, inputs),
    gelu: (emit, _, [x = ""]) => erfGelu(emit, x),
    gatedGelu: (emit, _, [x = ""]) => {
      const attributes = { axis: -1, num_outputs: 2 };
      const [value = "", gate = ""] = emit.split("Split", [x], 2, { attributes });
      return emit.node("Mul", [value, erfGelu(emit, gate)]);
    },
  },
};

function erfGelu(emit: Emitter, x: string): string {
  const erf = emit.node("Erf", [emit.node("Mul", [x, emit.scalar(Math.SQRT1_2)])]);
  const half = emit.node("Mul", [x, emit.scalar(0.5)]);
  return emit.node("Mul", [half, emit.node("Add", [erf, emit.scalar(1)])]);
}

function writtenOut(
  emit: Emitter,
  { attributes: { heads }, inputs, output }: AttentionNode,
  names: readonly string[],
): string {
  const [query = "", key = "", value = ""] = names.map((name, i) => {
    const [batch = 0, tokens = 0, width = 0] = inputs[i]!.shape;
    const split = emit.reshape(name, [batch, tokens, heads, width / heads]);
    return emit.transpose(split, i === 1 ? [0, 2, 3, 1] : [0, 2, 1, 3]);
  });
  const size = output.shape[2]! / heads;
  const scores = emit.node("Mul", [
    emit.node("MatMul", [query, key]),
    emit.scalar(1 / Math.sqrt(size)),
  ]);
  const weights = emit.node("Softmax", [scores], { attributes: { axis: -1 } });
  return emit.reshape(
    emit.transpose(emit.node("MatMul", [weights, value]), [0, 2, 1, 3]),
    output.shape,
  );
}
