import { keepsSize } from "./upsampled-convolution.ts";
import { readOnce, type Model, type Node, type NodeOf } from "../graph.ts";
import type { Lower, Lowering } from "../lowering.ts";

/**
 * The same network with each group norm, SiLU and 3x3 convolution fused into one operation if nothing else reads the
 * values between them; then also with what is added to the result.
 */
export function joinNorms(model: Model): Model {
  return joined(joined(model, withNorm), withRest);
}

/** Replaces a node and the nodes whose only reader it is by one node; undefined leaves it. */
type Join = (node: Node, once: ReadonlyMap<string, Node>) => Joined | undefined;

interface Joined {
  readonly node: Node;
  readonly without: readonly Node[];
}

function joined(model: Model, join: Join): Model {
  const once = readOnce(model);
  const joins = model.nodes.map((node) => join(node, once) ?? { node, without: [] });
  const left = new Set(joins.flatMap(({ without }) => without));
  const nodes = joins.flatMap(({ node }, i) => (left.has(model.nodes[i] ?? node) ? [] : [node]));
  return { ...model, nodes };
}

const withNorm: Join = (node, once) => {
  const silu = once.get(node.inputs[0]?.name ?? "");
  const norm = once.get(silu?.inputs[0]?.name ?? "");
  if (node.kind !== "conv2d" || silu?.kind !== "silu" || norm?.kind !== "groupNorm")
    return undefined;
  if (!keepsSize(node)) return undefined;
  const { inputs, attributes } = norm;
  const weights = [...norm.weights, ...node.weights];
  return {
    node: { ...node, kind: "normedConv2d", inputs, weights, attributes },
    without: [silu, norm],
  };
};

/** An addition runs after both of its inputs, so the convolution can be moved there. */
const withRest: Join = (node, once) => {
  const [first, second] = node.inputs;
  if (node.kind !== "add" || first === undefined || second === undefined) return undefined;
  if (first.shape[0] !== second.shape[0]) return undefined;
  for (const [value, rest] of [
    [second, first],
    [first, second],
  ] as const) {
    const source = once.get(value.name);
    if (source?.kind !== "normedConv2d" || source.inputs.length > 1) continue;
    const { output } = node;
    return { node: { ...source, inputs: [...source.inputs, rest], output }, without: [source] };
  }
  return undefined;
};

type Parts = Pick<Lowering["operations"], "groupNorm" | "silu" | "conv2d" | "add">;

/** The same as separate operations, one after the other. */
export function oneAfterTheOther(operations: () => Parts): Lower<"normedConv2d"> {
  return (emit, node, [x = "", rest]) => {
    const { groupNorm, silu, conv2d, add } = operations();
    const [norms, kernel] = [node.weights.slice(0, 2), node.weights.slice(2)];
    const [input = node.output] = node.inputs;
    const norm = { ...node, inputs: [input], output: input };
    const normal = groupNorm(emit, { ...norm, kind: "groupNorm", weights: norms }, [x]);
    const bent = silu(emit, { ...norm, kind: "silu", weights: [] }, [normal]);
    const attributes = { stride: 1, pads: [1, 1, 1, 1] as const };
    const convolution: NodeOf<"conv2d"> = { ...node, kind: "conv2d", weights: kernel, attributes };
    const y = conv2d(emit, convolution, [bent]);
    return rest === undefined ? y : add(emit, { ...node, kind: "add" }, [y, rest]);
  };
}
