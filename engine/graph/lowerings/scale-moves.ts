import type { Model, Node, Value, Weight } from "../graph.ts";

/**
 * Channels of a value that can be scaled where they are produced and scaled back where they are consumed without
 * changing the network's result. It evens out channels before quantisation, where all channels of an activation share
 * one scale (SmoothQuant, Xiao et al. 2023; cross-layer equalization, Nagel et al. 2019).
 */
export interface ScaleMove {
  readonly channels: number;
  /**
   * Weights whose first `channels` rows produce the channels: a matrix or a norm's scale, then the bias that is added.
   */
  readonly makers: readonly Weight[];
  /** Matrices (out, channels): the only readers of the value. */
  readonly readers: readonly Weight[];
}

/** The moves towards these matrices that the graph allows, in order of computation. */
export function scaleMoves(
  { nodes, outputs }: Model,
  matrices: ReadonlySet<string>,
): readonly ScaleMove[] {
  const made = new Map(nodes.map((node) => [node.output, node]));
  const read = new Map<Value, Node[]>(outputs.map((value) => [value, []]));
  for (const node of nodes)
    for (const x of node.inputs) read.set(x, [...(read.get(x) ?? []), node]);

  return [...read].flatMap(([value, readers]) => {
    const channels = value.shape.at(-1) ?? 0;
    const isMovable = readers.length > 0 && readers.every((node) => isReader(node, matrices));
    const makers = isMovable ? makersOf(value) : undefined;
    const matricesRead = readers.flatMap(({ weights: [matrix] }) => matrix ?? []);
    return makers === undefined ? [] : [{ channels, makers, readers: matricesRead }];
  });

  /**
   * The weights that produce a value's channels one by one, with no other reader on the way; undefined where channels
   * are mixed.
   */
  function makersOf(value: Value): readonly Weight[] | undefined {
    const node = made.get(value);
    if (node === undefined) return undefined;
    const passed = PASSES[node.kind];
    if (passed === undefined) return MAKERS.has(node.kind) ? node.weights : undefined;
    const input = node.inputs[passed];
    return input === undefined || read.get(input)?.length !== 1 ? undefined : makersOf(input);
  }
}

const MAKERS: ReadonlySet<Node["kind"]> = new Set(["linear", "groupNorm", "layerNorm"]);

/** Which input's channels an operation passes on unchanged up to scale; for a gate, those of the first half. */
const PASSES: { readonly [K in Node["kind"]]?: number } = {
  attention: 2,
  flattenSpace: 0,
  gatedGelu: 0,
};

function isReader({ kind, weights: [matrix] }: Node, matrices: ReadonlySet<string>): boolean {
  return kind === "linear" && matrix !== undefined && matrices.has(matrix.name);
}
