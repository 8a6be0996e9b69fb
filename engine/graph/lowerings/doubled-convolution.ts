import type { Emitter } from "../emitter.ts";
import { readOnce, type Model, type Node, type NodeOf } from "../graph.ts";
import type { Lower } from "../lowering.ts";

/**
 * The same network with each nearest-neighbour upsampling fused into the 3x3 convolution that is its only reader. Of
 * the nine pixels that such a convolution reads, several are copies of each other: four distinct ones remain, so 16
 * products do the work of 36.
 */
export function joinDoublings(model: Model): Model {
  const once = readOnce(model);
  const joined = new Map<Node, Node>();
  const left = new Set<Node>();
  for (const node of model.nodes) {
    const doubling = once.get(node.inputs[0]?.name ?? "");
    if (doubling === undefined || !isDoubling(doubling)) continue;
    if (node.kind !== "conv2d" || !keepsSize(node)) continue;
    left.add(doubling);
    const { inputs } = doubling;
    joined.set(node, { ...node, kind: "doubledConv2d", inputs, attributes: {} });
  }
  const nodes = model.nodes.filter((node) => !left.has(node));
  return { ...model, nodes: nodes.map((node) => joined.get(node) ?? node) };
}

function isDoubling({ kind, inputs: [x], output }: Node): boolean {
  const [, , height = 0, width = 0] = x?.shape ?? [];
  const [, , doubledHeight, doubledWidth] = output.shape;
  return kind === "upsample" && doubledHeight === 2 * height && doubledWidth === 2 * width;
}

/** Whether it is a 3x3 convolution whose output has the size of its input. */
export function keepsSize({ weights: [kernel], attributes }: NodeOf<"conv2d">): boolean {
  const { stride, pads } = attributes;
  return kernel?.shape[2] === 3 && stride === 1 && pads.every((pad) => pad === 1);
}

/**
 * Which rows (or columns) of a 3x3 kernel fall on the first and on the second pixel read: for even results, then for
 * odd ones.
 */
const MEETS = [
  [
    [1, 0, 0],
    [0, 1, 1],
  ],
  [
    [1, 1, 0],
    [0, 0, 1],
  ],
] as const;

/** (9, 16): maps a 3x3 kernel to four 2x2 kernels, for results in even and odd rows and columns. */
const TO_SMALL_KERNELS = [0, 1, 2].flatMap((y) =>
  [0, 1, 2].flatMap((x) =>
    MEETS.flatMap((rows) =>
      MEETS.flatMap((columns) =>
        rows.flatMap((row) => columns.map((column) => (row[y] ?? 0) * (column[x] ?? 0))),
      ),
    ),
  ),
);

/** Four convolutions of the small picture, whose results are interleaved in the large one. */
export const doubledConv2d: Lower<"doubledConv2d"> = (emit, node, [x = ""]) => {
  const [, bias] = node.weights;
  const parts = smallKernels(emit, node).map((kernel, i) => {
    const [isOddRow, isOddColumn] = [i >= 2, i % 2 === 1];
    const [above, below] = isOddRow ? [0, 1] : [1, 0];
    const [before, after] = isOddColumn ? [0, 1] : [1, 0];
    const offset = bias === undefined ? [] : [emit.weight(bias)];
    return emit.node("Conv", [x, kernel, ...offset], {
      attributes: { pads: [above, before, below, after] },
    });
  });
  const all = emit.node("Concat", parts, { attributes: { axis: 1 } });
  return emit.node("DepthToSpace", [all], { attributes: { blocksize: 2 } });
};

function smallKernels(
  emit: Emitter,
  { weights: [kernel] }: NodeOf<"doubledConv2d">,
): readonly string[] {
  if (kernel === undefined) return [];
  const [out = 0, channels = 0] = kernel.shape;
  // The weights are constant, so this is computed once, when the session is created.
  return emit.once(`${kernel.name}:small`, () => {
    const flat = emit.weight(kernel, { shape: [out * channels, 9] });
    const mixing = emit.cast(emit.floats(TO_SMALL_KERNELS, [9, 16]), emit.precision);
    const small = emit.node("MatMul", [flat, mixing]);
    const split = { attributes: { axis: 1, num_outputs: 4 } };
    return emit
      .split("Split", [small], 4, split)
      .map((part) => emit.reshape(part, [out, channels, 2, 2]));
  });
}
