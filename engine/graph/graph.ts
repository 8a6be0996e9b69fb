/**
 * A network as plain data: its operations in the order of computation, and the names and shapes of its weights. It
 * holds no tensor bytes and no ONNX: a lowering (lowering.ts) turns it into operators.
 */
export interface Model {
  readonly inputs: readonly Value[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly Value[];
  /** By their names in the weight file. */
  readonly weights: ReadonlyMap<string, Weight>;
}

/** A tensor between nodes. Shapes are static: (batch, channels, height, width) or (batch, tokens, width). */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
  /** A float has the lowering's precision, a timestep is always float32, and integers are token ids. */
  readonly type: "float" | "timestep" | "integer";
}

/** A tensor of the snapshot, named as in its file. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The attributes of each operation: what it needs besides its inputs and weights. */
export interface Operations {
  /**
   * inputs x (b, c, h, w); weights kernel (out, c, k, k) and, if the layer has one, bias (out). Pads are top, left,
   * bottom, right.
   */
  conv2d: { readonly stride: number; readonly pads: readonly [number, number, number, number] };
  /**
   * A nearest-neighbour upsampling to twice the size and the 3x3 convolution after it: inputs x (b, c, h, w); weights
   * as conv2d.
   */
  upsampledConv2d: object;
  /**
   * groupNorm, SiLU and a 3x3 conv2d that keeps the size, fused. Inputs x (b, c, h, w) and optionally a rest (b, out,
   * h, w), which is added to the result; weights scale (c), shift (c), kernel, bias.
   */
  normedConv2d: { readonly groups: number; readonly epsilon: number };
  /** inputs x (…, in); weights matrix (out, in) and, if the layer has one, bias (out). */
  linear: object;
  /** inputs x (b, c, …); weights scale (c), shift (c). */
  groupNorm: { readonly groups: number; readonly epsilon: number };
  /** inputs x (…, width); weights scale (width), shift (width). */
  layerNorm: { readonly epsilon: number };
  /** inputs query (b, n, width), key and value (b, m, width) and, where some keys are masked, seen (b, m): 1 or 0. */
  attention: { readonly heads: number; readonly causal: boolean };
  silu: object;
  gelu: object;
  quickGelu: object;
  relu: object;
  tanh: object;
  /** inputs x (…, 2 width): the first half times the GELU of the second half. */
  gatedGelu: object;
  /** The sum of two inputs. If their batch sizes differ, one of them is 1 and is broadcast. */
  add: object;
  /** inputs x (b, c, h, w), per channel (b or 1, c). */
  addPerChannel: object;
  /** inputs x (b, n, width); weights table (n or more, width), of which the first n rows are added. */
  addRows: object;
  /** x * factor + offset. */
  affine: { readonly factor: number; readonly offset: number };
  /** Concatenates along the channels. */
  concat: object;
  /** (1, …) to (b, …): b copies. */
  repeat: object;
  /** (b, c, h, w) to (b, h * w, c). */
  flattenSpace: object;
  /** (b, h * w, c) to (b, c, h, w). */
  unflattenSpace: object;
  /** Nearest neighbour: row i of n from row floor(i * m / n) of m. */
  upsample: object;
  /** inputs timestep (1), a float; gives (1, 2 * frequencies.length): sines and cosines. */
  sinusoid: { readonly frequencies: readonly number[]; readonly cosineFirst: boolean };
  /** inputs ids (b, n), integers; weights table (vocabulary, width). */
  embedding: object;
}
export type OperationKind = keyof Operations;

/** One operation. `name` is the scope it was made in, which is also the path of its weights. */
export type NodeOf<K extends OperationKind> = {
  readonly kind: K;
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly weights: readonly Weight[];
  readonly attributes: Operations[K];
  readonly output: Value;
};
export type Node = { [K in OperationKind]: NodeOf<K> }[OperationKind];

interface Draft {
  readonly inputs: Value[];
  readonly nodes: Node[];
  readonly outputs: Value[];
  readonly weights: Map<string, Weight>;
  readonly names: Set<string>;
}

/** Builds a graph, seen from one module of the network: `g.at("down_blocks.0")` is the same graph one scope deeper. */
export class Graph {
  readonly path: string;
  readonly #draft: Draft;

  private constructor(draft: Draft, path: string) {
    this.#draft = draft;
    this.path = path;
  }

  static empty(): Graph {
    const draft = {
      inputs: [],
      nodes: [],
      outputs: [],
      weights: new Map(),
      names: new Set<string>(),
    };
    return new Graph(draft, "");
  }

  at(path: string): Graph {
    return new Graph(this.#draft, this.#join(path));
  }

  input(name: string, shape: readonly number[], type: Value["type"] = "float"): Value {
    const value: Value = { name: this.#claim(name), shape, type };
    this.#draft.inputs.push(value);
    return value;
  }

  /** The weight called `name` in this scope; a name that is asked for twice is the same weight. */
  weight(name: string, shape: readonly number[]): Weight {
    const weight: Weight = { name: this.#join(name), shape };
    this.#draft.weights.set(weight.name, weight);
    return weight;
  }

  /** Adds one operation and returns its value. */
  op<K extends OperationKind>(
    kind: K,
    node: Omit<NodeOf<K>, "kind" | "name" | "output">,
    shape: readonly number[],
  ): Value {
    const name = this.#claim(this.#join(kind));
    const output: Value = { name, shape, type: "float" };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- K ties kind to attributes, which the union of nodes cannot see.
    this.#draft.nodes.push({ kind, name, ...node, output } as unknown as Node);
    return output;
  }

  /** Ends the network: `value` becomes the output called `name`. Gives the network as plain data. */
  output(name: string, value: Value): Model {
    const last = this.#draft.nodes.at(-1);
    if (last === undefined || last.output !== value)
      throw new Error(`${value.name} is not the last value`);
    const renamed = { ...value, name: this.#claim(name) };
    const { inputs, nodes, weights } = this.#draft;
    return {
      inputs: [...inputs],
      nodes: [...nodes.slice(0, -1), { ...last, output: renamed }],
      outputs: [renamed],
      weights: new Map(weights),
    };
  }

  #join(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }

  /** The name asked for if it is free, else that name with a number. */
  #claim(wish: string): string {
    const { names } = this.#draft;
    let name = wish;
    for (let n = 1; names.has(name); n++) name = `${wish}.${n}`;
    names.add(name);
    return name;
  }
}

/** Nodes whose result has exactly one reader and is not an output, by the name of that result. */
export function readOnce({ nodes, outputs }: Model): ReadonlyMap<string, Node> {
  const readers = new Map<string, number>();
  for (const { name } of [...nodes.flatMap(({ inputs }) => inputs), ...outputs])
    readers.set(name, (readers.get(name) ?? 0) + 1);
  const once = nodes.filter(({ output }) => readers.get(output.name) === 1);
  return new Map(once.map((node) => [node.output.name, node]));
}

/** Number of parameters in a model's weights. */
export function countParameters({ weights }: Model): number {
  return [...weights.values()].reduce(
    (sum, { shape }) => sum + shape.reduce((size, dimension) => size * dimension, 1),
    0,
  );
}
