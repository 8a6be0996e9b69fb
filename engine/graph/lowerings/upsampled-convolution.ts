import type { Emitter } from "../emitter.ts";
import { readOnce, type Model, type Node, type NodeOf } from "../graph.ts";
import type { Lower } from "../lowering.ts";

/**
 * The same network with each nearest-neighbour upsampling fused into the 3x3 convolution that is its only reader. Of
 * the nine pixels that such a convolution reads, several are copies of each other: four distinct ones remain, so 16
 * products do the work of 36.
 */
export function fuseUpsampling(model: Model): Model {
  const once = readOnce(model);
  const fused = new Map<Node, Node>();
  const removed = new Set<Node>();
  for (const node of model.nodes) {
    const upsampling = once.get(node.inputs[0]?.name ?? "");
    if (upsampling === undefined || !isTwofoldUpsampling(upsampling)) continue;
    if (node.kind !== "conv2d" || !keepsSize(node)) continue;
    removed.add(upsampling);
    const { inputs } = upsampling;
    fused.set(node, { ...node, kind: "upsampledConv2d", inputs, attributes: {} });
  }
  const nodes = model.nodes.filter((node) => !removed.has(node));
  return { ...model, nodes: nodes.map((node) => fused.get(node) ?? node) };
}

function isTwofoldUpsampling({ kind, inputs: [x], output }: Node): boolean {
  const [, , height = 0, width = 0] = x?.shape ?? [];
  const [, , tall, wide] = output.shape;
  return kind === "upsample" && tall === 2 * height && wide === 2 * width;
}

/** Whether a convolution has a 3x3 kernel and an output of the same size as its input. */
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
export const upsampledConv2d: Lower<"upsampledConv2d"> = (emit, node, [x = ""]) => {
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
  { weights: [kernel] }: NodeOf<"upsampledConv2d">,
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
