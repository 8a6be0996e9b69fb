import type { OnnxNode } from "../onnx.ts";

/**
 * Joins the operators of a CUDA graph that its provider computes in one: a group norm with the SiLU that alone reads
 * it, then each norm with the sum before it. Both inputs of such a sum have one shape, or the second is (b, 1, 1, c).
 */
export function joinOperators(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  return withSums(withSilus(nodes));
}

/** GroupNorm, then SiLU (QuickGelu with a factor of 1): GroupNorm with an activation of 1. */
function withSilus(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const made = producers(nodes);
  const read = readings(nodes);
  const left = new Set<OnnxNode>();
  const joined = nodes.map((node) => {
    const [x = ""] = node.inputs;
    const norm = made.get(x);
    if (node.operator !== "QuickGelu" || norm?.operator !== "GroupNorm") return node;
    if (read.get(x) !== 1) return node;
    left.add(norm);
    return { ...norm, outputs: node.outputs, attributes: { ...norm.attributes, activation: 1 } };
  });
  return joined.filter((node) => !left.has(node));
}

/** Add, then a norm: one operator in the place of the sum, which it also gives to other readers. */
function withSums(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const made = producers(nodes);
  const joined = new Map<OnnxNode, OnnxNode>();
  const left = new Set<OnnxNode>();
  for (const norm of nodes) {
    const sum = made.get(norm.inputs[0] ?? "");
    if (sum?.operator !== "Add" || joined.has(sum)) continue;
    const operator = withSum(norm, sum);
    if (operator === undefined) continue;
    joined.set(sum, operator);
    left.add(norm);
  }
  return nodes.filter((node) => !left.has(node)).map((node) => joined.get(node) ?? node);
}

function withSum(norm: OnnxNode, sum: OnnxNode): OnnxNode | undefined {
  const [, scale = "", shift = ""] = norm.inputs;
  const [x = "", skip = ""] = sum.inputs;
  const [normal = ""] = norm.outputs;
  const [total = ""] = sum.outputs;
  if (norm.operator === "GroupNorm") {
    const [inputs, outputs] = [
      [x, scale, shift, skip],
      [normal, total],
    ];
    return { ...norm, operator: "SkipGroupNorm", inputs, outputs };
  }
  if (norm.operator !== "LayerNormalization") return undefined;
  const { epsilon = { float: 1e-5 } } = norm.attributes;
  return {
    ...norm,
    operator: "SkipLayerNormalization",
    domain: "com.microsoft",
    inputs: [x, skip, scale, shift],
    // The second and third are the mean and the inverse deviation, for training.
    outputs: [normal, "", "", total],
    attributes: { epsilon },
  };
}

/** The node that gives each value. */
function producers(nodes: readonly OnnxNode[]): ReadonlyMap<string, OnnxNode> {
  return new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
}

/** How often each value is read. */
function readings(nodes: readonly OnnxNode[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of nodes.flatMap(({ inputs }) => inputs))
    counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
