import type { Weight } from "./graph.ts";
import type { Precision } from "../tensor/precision.ts";
import type { Attribute, ElementType, Initializer, OnnxNode } from "./onnx.ts";

/** A weight's bytes, or where they are; `location` is relative to the session's folder. */
export type StoredWeight = {
  readonly type: Extract<ElementType, "float32" | "float16" | "bfloat16" | "int8">;
} & (
  | { readonly bytes: Uint8Array }
  | { readonly location: string; readonly offset: number; readonly lengthBytes: number }
);

interface Emission {
  readonly nodes: OnnxNode[];
  readonly initializers: Map<string, Initializer>;
  /** What was derived from a value or weight, once for all its readers. */
  readonly made: Map<string, readonly string[]>;
  /** Names of constants by their content. */
  readonly constants: Map<string, string>;
}

interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: "com.microsoft";
}

/**
 * Collects ONNX operators and initializers. `scoped` prefixes the names of what follows with those of a node of the
 * model.
 */
export class Emitter {
  readonly precision: Precision;
  readonly #stored: (weight: Weight) => StoredWeight | undefined;
  readonly #emission: Emission;
  readonly #scope: string;

  constructor(
    precision: Precision,
    stored: (weight: Weight) => StoredWeight | undefined,
    emission?: Emission,
    scope = "",
  ) {
    this.precision = precision;
    this.#stored = stored;
    this.#emission = emission ?? {
      nodes: [],
      initializers: new Map(),
      made: new Map(),
      constants: new Map(),
    };
    this.#scope = scope;
  }

  scoped(scope: string): Emitter {
    return new Emitter(this.precision, this.#stored, this.#emission, scope);
  }

  /** Adds an operator with one result. */
  node(operator: string, inputs: readonly string[], options: NodeOptions = {}): string {
    const [output = ""] = this.split(operator, inputs, 1, options);
    return output;
  }

  /** Adds an operator with several results. */
  split(
    operator: string,
    inputs: readonly string[],
    results: number,
    options: NodeOptions = {},
  ): readonly string[] {
    const { nodes } = this.#emission;
    const name = `${this.#scope}/${operator}.${nodes.length}`;
    const outputs = Array.from({ length: results }, (_, i) => `${name}:${i}`);
    nodes.push({ name, operator, inputs, outputs, attributes: {}, ...options });
    return outputs;
  }

  /**
   * Runs `body` once for each element along the first axis of all `values`; the body can also read everything that was
   * emitted before. Gives the body's results, those of all runs stacked along a new first axis.
   */
  scan(
    values: readonly string[],
    body: (emit: Emitter, elements: readonly string[]) => readonly string[],
  ): readonly string[] {
    const { nodes, made } = this.#emission;
    const scope = `${this.#scope}/Scan.${nodes.length}`;
    const emission = { ...this.#emission, nodes: [], made: new Map(made) };
    const inputs = values.map((_, i) => `${scope}/element.${i}`);
    const outputs = body(new Emitter(this.precision, this.#stored, emission, scope), inputs);
    return this.split("Scan", values, outputs.length, {
      attributes: {
        num_scan_inputs: values.length,
        body: { body: { inputs, outputs, nodes: emission.nodes } },
      },
    });
  }

  /** Marks `value` as a float32 output of the graph, called `name`. */
  output(value: string, name: string): void {
    const attributes = { to: 1 };
    this.#emission.nodes.push({
      name: `${name}/Cast`,
      operator: "Cast",
      inputs: [value],
      outputs: [name],
      attributes,
    });
  }

  /** A weight in the precision asked for, optionally reshaped. */
  weight(weight: Weight, { shape = weight.shape, as = this.precision } = {}): string {
    const { name, type } = this.#initializer(weight, shape);
    return type === as ? name : this.#castOnce(name, as);
  }

  /** Whether the model's files contain it. */
  has(weight: Weight): boolean {
    return this.#stored(weight) !== undefined;
  }

  /** A weight exactly as its file has it. */
  stored(weight: Weight): string {
    return this.#initializer(weight, weight.shape).name;
  }

  /** The equal blocks of rows that a weight consists of, exactly as its file has them. */
  storedParts(weight: Weight, count: number): readonly string[] {
    const [rows = 0, ...rest] = weight.shape;
    const stored = this.#found(weight);
    return Array.from({ length: count }, (_, i) => {
      const name = `${weight.name}[${i} of ${count}]`;
      const part = { name, shape: [rows / count, ...rest], ...partOf(stored, { count, i }) };
      this.#emission.initializers.set(name, part);
      return name;
    });
  }

  /** The result of `make`, emitted once per key so that readers of one value share it. */
  once(key: string, make: () => readonly string[]): readonly string[] {
    const { made } = this.#emission;
    const results = made.get(key) ?? make();
    made.set(key, results);
    return results;
  }

  /** Casts a value between the graph's precision and float32. */
  cast(value: string, to: Precision): string {
    if (this.precision === "float32") return value;
    return this.node("Cast", [value], { attributes: { to: to === "float32" ? 1 : 10 } });
  }

  /** An int64 constant: shapes, axes. */
  integers(values: readonly number[]): string {
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.#constant({ type: "int64", shape: [values.length], bytes });
  }

  /** An int32 constant: indices into a matrix. */
  places(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const bytes = new Uint8Array(Int32Array.from(values).buffer);
    return this.#constant({ type: "int32", shape, bytes });
  }

  /** A float32 constant. */
  floats(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.#constant({
      type: "float32",
      shape,
      bytes: new Uint8Array(Float32Array.from(values).buffer),
    });
  }

  /** A number in the graph's precision. */
  scalar(value: number): string {
    const name = this.floats([value], []);
    return this.precision === "float32" ? name : this.#castOnce(name, this.precision);
  }

  reshape(value: string, shape: readonly number[]): string {
    return this.node("Reshape", [value, this.integers(shape)]);
  }

  /** The mean along one axis, which is kept with a length of 1. */
  mean(value: string, axis: number): string {
    return this.node("ReduceMean", [value, this.integers([axis])], { attributes: { keepdims: 1 } });
  }

  transpose(value: string, perm: readonly number[]): string {
    return this.node("Transpose", [value], { attributes: { perm } });
  }

  emitted(): {
    readonly nodes: readonly OnnxNode[];
    readonly initializers: readonly Initializer[];
  } {
    return { nodes: this.#emission.nodes, initializers: [...this.#emission.initializers.values()] };
  }

  #initializer(weight: Weight, shape: readonly number[]): Initializer {
    const name = shape === weight.shape ? weight.name : `${weight.name}[${shape.join()}]`;
    const initializer = { name, shape, ...this.#found(weight) };
    this.#emission.initializers.set(name, initializer);
    return initializer;
  }

  #found(weight: Weight): StoredWeight {
    const stored = this.#stored(weight);
    if (stored === undefined) throw new Error(`${weight.name} is not among the weights picked`);
    return stored;
  }

  #castOnce(name: string, to: Precision): string {
    const attributes = { to: to === "float32" ? 1 : 10 };
    const [result = ""] = this.once(`${name}:${to}`, () =>
      this.split("Cast", [name], 1, { attributes }),
    );
    return result;
  }

  /** Equal constants share one initializer. */
  #constant(constant: { type: ElementType; shape: readonly number[]; bytes: Uint8Array }): string {
    const { constants, initializers } = this.#emission;
    const key = `${constant.type}[${constant.shape.join()}] ${constant.bytes.join()}`;
    const name = constants.get(key) ?? `constant.${constants.size}`;
    constants.set(key, name);
    initializers.set(name, { name, ...constant });
    return name;
  }
}

function partOf(stored: StoredWeight, { count, i }: { count: number; i: number }): StoredWeight {
  if ("bytes" in stored) {
    const length = stored.bytes.length / count;
    return { ...stored, bytes: stored.bytes.subarray(i * length, (i + 1) * length) };
  }
  const lengthBytes = stored.lengthBytes / count;
  return { ...stored, offset: stored.offset + i * lengthBytes, lengthBytes };
}
