import type { Attribute, OnnxNode } from "../../engine/graph/onnx.ts";
import type { Lowering } from "../../engine/graph/lowering.ts";

/**
 * A CUDA lowering for the CPU: each operator that only CUDA's provider has is written out as its definition says
 * (onnxruntime/core/graph/contrib_ops/diffusion_defs.cc and contrib_defs.cc), and refused where CUDA's kernel would
 * refuse it.
 */
export function expanded(lowering: Lowering): Lowering {
  return { ...lowering, join: (nodes) => (lowering.join?.(nodes) ?? nodes).flatMap(definition) };
}

function definition(node: OnnxNode): readonly OnnxNode[] {
  const at = new Definition(node);
  switch (node.operator) {
    case "NhwcConv":
      return at.nhwcConv();
    case "GroupNorm":
    case "SkipGroupNorm":
      return at.groupNorm();
    case "BiasSplitGelu":
      return at.biasSplitGelu();
    default:
      return [node];
  }
}

class Definition {
  readonly #node: OnnxNode;
  readonly #nodes: OnnxNode[] = [];

  constructor(node: OnnxNode) {
    this.#node = node;
  }

  /** X (n, h, w, c), W (m, kh, kw, c): Conv of the same in ONNX's own layout. */
  nhwcConv(): readonly OnnxNode[] {
    const { inputs, outputs, attributes } = this.#node;
    const [x = "", kernel = "", ...bias] = inputs;
    const perm = [0, 3, 1, 2];
    const turned = [x, kernel].map((value) => this.#op("Transpose", [value], { perm }));
    const y = this.#op("Conv", [...turned, ...bias], attributes);
    this.#op("Transpose", [y], { perm: [0, 2, 3, 1] }, outputs[0]);
    return this.#nodes;
  }

  /** s = x + skip, y = gamma (s - mean) / sqrt(variance + epsilon) + beta in each group of channels, then SiLU. */
  groupNorm(): readonly OnnxNode[] {
    const { inputs, outputs, attributes } = this.#node;
    const [x = "", gamma = "", beta = "", skip] = inputs;
    const { groups, epsilon = { float: 1e-5 }, activation, channels_last: layout } = attributes;
    if (layout !== 1) throw new Error("CUDA's GroupNorm has its channels last");
    if (groups !== 32) throw new Error("CUDA's GroupNorm has 32 groups");
    const sum = skip === undefined ? x : this.#op("Add", [x, skip], {}, outputs[1]);
    // Groups are normalised as instances, in float32, whatever the sum's precision.
    const turned = this.#op("Transpose", [this.#float(sum)], { perm: [0, 3, 1, 2] });
    const shape = this.#op("Shape", [turned]);
    const grouped = this.#op("Reshape", [turned, this.#integers([0, 32, -1])]);
    const zeros = this.#op("ConstantOfShape", [this.#integers([32])]);
    const ones = this.#op("Cos", [zeros]);
    const normal = this.#op("InstanceNormalization", [grouped, ones, zeros], { epsilon });
    const back = this.#op("Transpose", [this.#op("Reshape", [normal, shape])], {
      perm: [0, 2, 3, 1],
    });
    const y = this.#op("Add", [this.#op("Mul", [back, gamma]), beta]);
    const bent = activation === 1 ? this.#op("Mul", [y, this.#op("Sigmoid", [y])]) : y;
    this.#op("CastLike", [bent, x], {}, outputs[0]);
    return this.#nodes;
  }

  /** X (n, s, d), bias (d): the first half of X + bias times the GELU of the second. */
  biasSplitGelu(): readonly OnnxNode[] {
    const { inputs, outputs } = this.#node;
    const sum = this.#op("Add", [...inputs]);
    const [value, gate] = [`${sum}/value`, `${sum}/gate`];
    this.#nodes.push({
      name: `${sum}/Split`,
      operator: "Split",
      inputs: [sum],
      outputs: [value, gate],
      attributes: { axis: -1, num_outputs: 2 },
    });
    this.#op("Mul", [value, this.#op("Gelu", [gate])], {}, outputs[0]);
    return this.#nodes;
  }

  #float(value: string): string {
    return this.#op("Cast", [value], { to: 1 });
  }

  #integers(values: readonly number[]): string {
    return this.#op("Constant", [], { value_ints: values });
  }

  #op(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output?: string,
  ): string {
    const name = `${this.#node.name}/${operator}.${this.#nodes.length}`;
    const result = output ?? `${name}:0`;
    this.#nodes.push({ name, operator, inputs, outputs: [result], attributes });
    return result;
  }
}
