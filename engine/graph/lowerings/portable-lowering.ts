import type { Emitter } from "../emitter.ts";
import type { Weight } from "../graph.ts";
import type { Precision } from "../../tensor/precision.ts";
import { upsampledConv2d } from "./upsampled-convolution.ts";
import type { Lowering } from "../lowering.ts";
import { oneAfterTheOther } from "./normed-convolution.ts";

/**
 * Standard operators and MultiHeadAttention, which CUDA, DirectML, CoreML and WebGPU all support. In float16 the
 * weights are halves, but group normalisation and attention scores stay in float32: otherwise Stable Diffusion 2
 * overflows at 768 pixels and gives black pictures.
 */
export function portableLowering(precision: Precision): Lowering {
  return { precision, operations };
}

const operations: Lowering["operations"] = {
  conv2d: (emit, { weights, attributes: { stride, pads } }, [x = ""]) => {
    return emit.node("Conv", [x, ...weightsOf(emit, weights)], {
      attributes: { strides: [stride, stride], pads: [...pads] },
    });
  },

  upsampledConv2d,

  normedConv2d: oneAfterTheOther(() => operations),

  linear: (emit, { weights, inputs: [input], output }, [x = ""]) => {
    const width = input?.shape.at(-1) ?? 0;
    const flat = output.shape.length > 2;
    const rows = flat ? emit.reshape(x, [-1, width]) : x;
    const y = emit.node("Gemm", [rows, ...weightsOf(emit, weights)], { attributes: { transB: 1 } });
    return flat ? emit.reshape(y, output.shape) : y;
  },

  groupNorm: (emit, node, [x = ""]) => emit.cast(groupNormInFloat32(emit, node, x), emit.precision),

  layerNorm: (emit, { weights, attributes: { epsilon } }, [x = ""]) =>
    emit.node("LayerNormalization", [x, ...weightsOf(emit, weights)], {
      attributes: { axis: -1, epsilon: { float: epsilon } },
    }),

  attention: (emit, node, inputs) => {
    const wide = inputs.map((input) => emit.cast(input, "float32"));
    const [query = "", key = "", value = ""] = wide;
    const { heads, causal } = node.attributes;
    const result = causal
      ? causalAttention(emit, node, wide)
      : emit.node("MultiHeadAttention", [query, key, value], {
          attributes: { num_heads: heads },
          domain: "com.microsoft",
        });
    return emit.cast(result, emit.precision);
  },

  silu: (emit, _, [x = ""]) => emit.node("Mul", [x, emit.node("Sigmoid", [x])]),

  gelu: (emit, _, [x = ""]) => emit.node("Gelu", [x]),

  // 1.702: transformers' QuickGELUActivation, as OpenAI's CLIP has it.
  quickGelu: (emit, _, [x = ""]) =>
    emit.node("Mul", [x, emit.node("Sigmoid", [emit.node("Mul", [x, emit.scalar(1.702)])])]),

  relu: (emit, _, [x = ""]) => emit.node("Relu", [x]),

  tanh: (emit, _, [x = ""]) => emit.node("Tanh", [x]),

  gatedGelu: (emit, _, [x = ""]) => {
    const [value = "", gate = ""] = emit.split("Split", [x], 2, {
      attributes: { axis: -1, num_outputs: 2 },
    });
    return emit.node("Mul", [value, emit.node("Gelu", [gate])]);
  },

  add: (emit, _, inputs) => emit.node("Add", inputs),

  addPerChannel: (emit, { inputs: [, perChannel] }, [x = "", y = ""]) =>
    emit.node("Add", [x, emit.reshape(y, [...(perChannel?.shape ?? []), 1, 1])]),

  addRows: (emit, { weights: [table], output: { shape } }, [x = ""]) => {
    if (table === undefined) return x;
    const [, rows = 0] = shape;
    const all = emit.weight(table);
    const part = [emit.integers([0]), emit.integers([rows]), emit.integers([0])];
    const first = table.shape[0] === rows ? all : emit.node("Slice", [all, ...part]);
    return emit.node("Add", [x, first]);
  },

  affine: (emit, { attributes: { factor, offset } }, [x = ""]) =>
    emit.node("Add", [emit.node("Mul", [x, emit.scalar(factor)]), emit.scalar(offset)]),

  concat: (emit, _, inputs) => emit.node("Concat", inputs, { attributes: { axis: 1 } }),

  repeat: (emit, { output: { shape } }, [x = ""]) => {
    const [batch = 1] = shape;
    const copies = Array.from({ length: batch }, () => x);
    return emit.node("Concat", copies, { attributes: { axis: 0 } });
  },

  flattenSpace: (emit, { output }, [x = ""]) =>
    emit.reshape(emit.transpose(x, [0, 2, 3, 1]), output.shape),

  unflattenSpace: (emit, { output: { shape } }, [x = ""]) => {
    const [batch = 0, channels = 0, height = 0, width = 0] = shape;
    return emit.transpose(emit.reshape(x, [batch, height, width, channels]), [0, 3, 1, 2]);
  },

  upsample: (emit, { output: { shape } }, [x = ""]) =>
    emit.node("Resize", [x, "", "", emit.integers(shape)], {
      attributes: {
        mode: "nearest",
        coordinate_transformation_mode: "asymmetric",
        nearest_mode: "floor",
      },
    }),

  // Angles up to 999 need float32: float16 has no fractional digits there.
  sinusoid: (emit, { attributes: { frequencies, cosineFirst } }, [timestep = ""]) => {
    const frequency = emit.floats(frequencies, [1, frequencies.length]);
    const angles = withinOneTurn(emit, emit.node("Mul", [timestep, frequency]));
    const halves = [emit.node("Sin", [angles]), emit.node("Cos", [angles])];
    const ordered = cosineFirst ? halves.toReversed() : halves;
    return emit.cast(emit.node("Concat", ordered, { attributes: { axis: 1 } }), emit.precision);
  },

  embedding: (emit, { weights }, [ids = ""]) =>
    emit.node("Gather", [...weightsOf(emit, weights), ids], { attributes: { axis: 0 } }),
};

/** 2π in two parts (Cody and Waite): multiples of the first are exact in float32, so no precision is lost. */
const TURN = { coarse: 6.28125, fine: 2 * Math.PI - 6.28125 };

/** Reduces angles to -π..π. A GPU's sine is accurate only there: Vulkan guarantees nothing outside. */
function withinOneTurn(emit: Emitter, angles: string): string {
  const turns = emit.node("Round", [
    emit.node("Mul", [angles, emit.floats([1 / (2 * Math.PI)], [])]),
  ]);
  const coarse = emit.node("Mul", [turns, emit.floats([TURN.coarse], [])]);
  const fine = emit.node("Mul", [turns, emit.floats([TURN.fine], [])]);
  return emit.node("Sub", [emit.node("Sub", [angles, coarse]), fine]);
}

type GroupNormNode = Parameters<Lowering["operations"]["groupNorm"]>[1];
type AttentionNode = Parameters<Lowering["operations"]["attention"]>[1];

function weightsOf(emit: Emitter, weights: readonly Weight[]): string[] {
  return weights.map((weight) => emit.weight(weight));
}

/** Normalises groups as instances (InstanceNormalization): every provider has a kernel for that. */
function groupNormInFloat32(
  emit: Emitter,
  { weights, attributes, output }: GroupNormNode,
  x: string,
): string {
  const { groups, epsilon } = attributes;
  const [batch = 0, channels = 0] = output.shape;
  const grouped = emit.reshape(emit.cast(x, "float32"), [batch, groups, -1]);
  const ones = emit.floats(Array.from({ length: groups }, () => 1));
  const zeros = emit.floats(Array.from({ length: groups }, () => 0));
  const normal = emit.node("InstanceNormalization", [grouped, ones, zeros], {
    attributes: { epsilon: { float: epsilon } },
  });
  const shape = [channels, ...output.shape.slice(2).map(() => 1)];
  const [factor = "", offset = ""] = weights.map((weight) =>
    emit.weight(weight, { shape, as: "float32" }),
  );
  return emit.node("Add", [emit.node("Mul", [emit.reshape(normal, output.shape), factor]), offset]);
}

/**
 * Each token attends to itself and to earlier ones. Written out, since few providers support a mask inside the fused
 * operator.
 */
function causalAttention(
  emit: Emitter,
  { attributes: { heads }, output }: AttentionNode,
  inputs: readonly string[],
): string {
  const [batch = 0, tokens = 0, width = 0] = output.shape;
  const size = width / heads;
  const byHead = (x: string, perm: readonly number[]) =>
    emit.transpose(emit.reshape(x, [batch, tokens, heads, size]), perm);
  const [query = "", key = "", value = "", seen] = inputs;
  const products = emit.node("MatMul", [byHead(query, [0, 2, 1, 3]), byHead(key, [0, 2, 3, 1])]);
  const scores = emit.node("Mul", [products, emit.floats([1 / Math.sqrt(size)], [])]);
  const masked = emit.node("Add", [scores, emit.floats(causalMask(tokens), [tokens, tokens])]);
  const visible =
    seen === undefined ? masked : withoutHidden(emit, masked, { seen, batch, tokens });
  const weights = emit.node("Softmax", [visible], { attributes: { axis: -1 } });
  const mixed = emit.node("MatMul", [weights, byHead(value, [0, 2, 1, 3])]);
  return emit.reshape(emit.transpose(mixed, [0, 2, 1, 3]), output.shape);
}

/**
 * Added to the score of a masked key: large enough to outweigh any score, and finite, since -Infinity - -Infinity is
 * NaN.
 */
const HIDDEN = -1e30;

/** (tokens, tokens): 0 where a row may attend, HIDDEN elsewhere. */
function causalMask(tokens: number): number[] {
  return Array.from({ length: tokens * tokens }, (_, i) =>
    i % tokens > Math.floor(i / tokens) ? HIDDEN : 0,
  );
}

interface Visibility {
  /** (batch, tokens), 1 or 0. */
  readonly seen: string;
  readonly batch: number;
  readonly tokens: number;
}

/** Scores (batch, heads, tokens, tokens) with those of masked keys suppressed. */
function withoutHidden(emit: Emitter, scores: string, { seen, batch, tokens }: Visibility): string {
  const absent = emit.node("Sub", [emit.floats([1], []), seen]);
  const penalty = emit.node("Mul", [absent, emit.floats([HIDDEN], [])]);
  return emit.node("Add", [scores, emit.reshape(penalty, [batch, 1, 1, tokens])]);
}
