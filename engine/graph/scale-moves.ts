import type { Model, Node, Value, Weight } from "./graph.ts";

/**
 * Channels of one value that may be scaled where they are made and scaled back where they are read, which
 * changes nothing of what a network computes: room for weights in whole numbers, whose reading values have
 * one scale for all channels (SmoothQuant, Xiao et al. 2023, and cross-layer equalization, Nagel et al. 2019).
 */
export interface ScaleMove {
  readonly channels: number;
  /** Whose first `channels` rows make the channels: a matrix or a norm's scale, then what is added to it. */
  readonly makers: readonly Weight[];
  /** Matrices (out, channels), the only readers there are. */
  readonly readers: readonly Weight[];
}

/** The moves towards these matrices that the graph allows, in the order in which it is computed. */
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

  /** What makes a value's channels one by one, nobody else reading it on the way; undefined where they mix. */
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

/** Which input's channels an operation passes on, however they are scaled; of a gate's the first half. */
const PASSES: { readonly [K in Node["kind"]]?: number } = {
  attention: 2,
  flattenSpace: 0,
  gatedGelu: 0,
};

function isReader({ kind, weights: [matrix] }: Node, matrices: ReadonlySet<string>): boolean {
  return kind === "linear" && matrix !== undefined && matrices.has(matrix.name);
}
