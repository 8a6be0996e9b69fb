import {
  heightOf,
  isPicture,
  levelOf,
  levelsOf,
  shapeOf,
  type Levels,
  type Rows,
} from "./band-rows.ts";
import type { Model, Node, NodeOf, OperationKind, Value } from "./graph.ts";

/**
 * The same network computed in bands of rows: no large value exists twice, and what lies between two
 * convolutions stays in a cache. Nothing is approximated: a convolution's band reads the rows of its
 * neighbours that it needs, and a group norm measures all bands before it changes one. `bandBytes` is what
 * a band of a level's widest float32 value may take; a level that fits into one stays as it is.
 */
export function inBands(model: Model, bandBytes: number): Model {
  const banded = new BandedModel(levelsOf(model, bandBytes), sharedIn(model));
  for (const node of model.nodes) banded.add(node);
  return { ...model, nodes: banded.end(model.outputs) };
}

/** The names of values that more than one node reads. */
function sharedIn({ nodes }: Model): ReadonlySet<string> {
  const read = nodes.flatMap(({ inputs }) => inputs.map(({ name }) => name));
  return new Set(read.filter((name, i) => read.indexOf(name) < i));
}

/** What gives each place from the same place of its inputs. */
const POINTWISE: ReadonlySet<OperationKind> = new Set(["silu", "relu", "tanh", "affine", "add"]);

interface Band {
  readonly rows: Rows;
  readonly value: Value;
}

class BandedModel {
  readonly #levels: Levels;
  readonly #shared: ReadonlySet<string>;
  readonly #nodes: Node[] = [];
  /** By the name of the value that they make up; a whole value has none. */
  readonly #bands = new Map<string, readonly Band[]>();
  /** What was cut out or put together, so that it is done once. */
  readonly #made = new Map<string, Value>();

  constructor(levels: Levels, shared: ReadonlySet<string>) {
    this.#levels = levels;
    this.#shared = shared;
  }

  add(node: Node): void {
    const isBanded = isPicture(node.output) && this.#bandsOf(node.output).length > 1;
    const change = isBanded ? this.#changeOf(node) : undefined;
    if (isBanded && node.kind === "groupNorm") this.#addGroupNorm(node);
    else if (change !== undefined) this.#addBands(node, change);
    else this.#nodes.push({ ...node, inputs: node.inputs.map((input) => this.#whole(input)) });
  }

  /** What distinguishes a node of some rows of its result from the whole; undefined where it needs more than those around. */
  #changeOf(node: Node): ((rows: Rows) => object) | undefined {
    const { kind, inputs } = node;
    if (kind === "conv2d") return (rows) => this.#convolution(node, rows);
    if (kind === "doubledConv2d") return (rows) => this.#doubledConvolution(node, rows);
    const divided = kind === "upsample" && isDoubling(node) ? 2 : 1;
    if (divided === 1 && !POINTWISE.has(kind)) return undefined;
    return ([from, to]) => ({
      inputs: inputs.map((input) => this.#rows(input, [from / divided, to / divided])),
    });
  }

  /** All nodes, outputs in one piece. */
  end(outputs: readonly Value[]): readonly Node[] {
    for (const output of outputs) this.#whole(output);
    return this.#nodes;
  }

  /** One node for each band; `change` is what distinguishes it from the whole. */
  #addBands(node: Node, change: (rows: Rows) => object): void {
    const bands = this.#bandsOf(node.output).map((rows) => {
      const name = nameOf(node, rows);
      const output = { ...node.output, name, shape: shapeOf(node.output, rows) };
      this.#nodes.push({ ...node, name, output, ...change(rows) });
      if (!this.#shared.has(node.output.name)) return { rows, value: output };
      const one = { inputs: [output], attributes: {}, shape: output.shape };
      return { rows, value: this.#new("inRows", `${name}.rows`, one) };
    });
    this.#bands.set(node.output.name, bands);
  }

  #convolution({ inputs: [x], weights, attributes }: NodeOf<"conv2d">, [from, to]: Rows) {
    if (x === undefined) throw new Error("a convolution without an input");
    const { stride, pads } = attributes;
    const [top, left, bottom, right] = pads;
    const [, , kernel = 1] = weights[0]?.shape ?? [];
    const first = from * stride - top;
    const end = (to - 1) * stride - top + kernel;
    const rows: Rows = [Math.max(first, 0), Math.min(end, heightOf(x))];
    const below = Math.min(bottom, Math.max(end - heightOf(x), 0));
    const edges = [Math.max(-first, 0), left, below, right] as const;
    return { inputs: [this.#rows(x, rows)], attributes: { stride, pads: edges } };
  }

  /** Two rows of its result read one row of its input, and the rows above and below. */
  #doubledConvolution({ inputs: [x] }: NodeOf<"doubledConv2d">, [from, to]: Rows) {
    if (x === undefined) throw new Error("a convolution without an input");
    const [first, end] = [from / 2 - 1, to / 2 + 1];
    const rows: Rows = [Math.max(first, 0), Math.min(end, heightOf(x))];
    const pads = [first < 0 ? 1 : 0, end > heightOf(x) ? 1 : 0] as const;
    return { inputs: [this.#rows(x, rows)], attributes: { pads } };
  }

  #addGroupNorm(node: NodeOf<"groupNorm">): void {
    const { inputs, weights, attributes, output } = node;
    const [x = output] = inputs;
    const [batch = 0, channels = 0] = output.shape;
    const { groups, epsilon } = attributes;
    const bands = this.#bandsOf(output);
    const moments = bands.map((rows) => {
      const shape = [1, batch, groups, 2];
      return this.#new("groupMoments", nameOf(node, rows, ".moments"), {
        inputs: [this.#rows(x, rows)],
        attributes: { groups },
        shape,
      });
    });
    const factors = this.#new("groupFactors", `${node.name}.factors`, {
      inputs: moments,
      weights,
      attributes: { groups, epsilon, shares: bands.map(([from, to]) => (to - from) / heightOf(x)) },
      shape: [batch, 2 * channels, 1, 1],
    });
    const normal = bands.map((rows) => {
      const value = this.#new("scaleChannels", nameOf(node, rows), {
        inputs: [this.#rows(x, rows), factors],
        attributes: {},
        shape: shapeOf(output, rows),
      });
      return { rows, value };
    });
    this.#bands.set(output.name, normal);
  }

  /** Rows of a value, put together of its bands where they do not lie in one. */
  #rows(value: Value, rows: Rows): Value {
    const [from, to] = rows;
    if (from === 0 && to === heightOf(value)) return this.#whole(value);
    const bands = this.#bands.get(value.name);
    if (bands === undefined) return this.#cut(value, rows);
    const parts = bands.flatMap((band) => {
      const [first, end] = band.rows;
      const inside: Rows = [Math.max(from, first) - first, Math.min(to, end) - first];
      if (inside[0] >= inside[1]) return [];
      return [inside[1] - inside[0] === end - first ? band.value : this.#cut(band.value, inside)];
    });
    const [only, ...others] = parts;
    if (only !== undefined && others.length === 0) return only;
    return this.#join(parts, { name: `${value.name}[${from}:${to}]`, shape: shapeOf(value, rows) });
  }

  #whole(value: Value): Value {
    const bands = this.#bands.get(value.name);
    if (bands === undefined) return value;
    const parts = bands.map((band) => band.value);
    return this.#join(parts, value);
  }

  #cut(value: Value, rows: Rows): Value {
    const [from, to] = rows;
    const name = `${value.name}/${from}:${to}`;
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const made = this.#new("rows", name, {
      inputs: [value],
      attributes: { from, to },
      shape: shapeOf(value, rows),
    });
    this.#made.set(name, made);
    return made;
  }

  #join(inputs: readonly Value[], { name, shape }: Pick<Value, "name" | "shape">): Value {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const made = this.#new("joinRows", name, { inputs, attributes: {}, shape });
    this.#made.set(name, made);
    return made;
  }

  #new<K extends OperationKind>(
    kind: K,
    name: string,
    node: Pick<NodeOf<K>, "inputs" | "attributes"> &
      Partial<Pick<NodeOf<K>, "weights">> & { readonly shape: readonly number[] },
  ): Value {
    const { inputs, attributes, weights = [], shape } = node;
    const output: Value = { name, shape, type: "float" };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- K ties kind to attributes, which the union of nodes cannot see.
    this.#nodes.push({ kind, name, inputs, weights, attributes, output } as unknown as Node);
    return output;
  }

  #bandsOf(value: Value): readonly Rows[] {
    return this.#levels.get(levelOf(value)) ?? [];
  }
}

function nameOf({ name }: Node, [from, to]: Rows, part = ""): string {
  return `${name}${part}[${from}:${to}]`;
}

function isDoubling({ inputs: [x], output }: Node): boolean {
  return x !== undefined && heightOf(output) === 2 * heightOf(x);
}
