import type { Precision } from "../../tensor/precision.ts";
import { silu } from "./channels-last-convolution.ts";
import { channelsLastLayout } from "./channels-last-layout.ts";
import { joinOperators } from "./cuda-operators.ts";
import type { Emitter } from "../emitter.ts";
import type { NodeOf, Value, Weight } from "../graph.ts";
import type { Lowering } from "../lowering.ts";
import { oneAfterTheOther } from "./normed-convolution.ts";
import { portableLowering } from "./portable-lowering.ts";

/**
 * For a UNet on CUDA: channels last, with the operators that ONNX Runtime's CUDA provider has for diffusion models
 * (NhwcConv, GroupNorm with SiLU, SkipGroupNorm, MultiHeadAttention in halves, BiasSplitGelu, SkipLayerNormalization).
 * Pictures are transposed at the inputs and outputs only.
 */
export function cudaLowering(precision: Precision): Lowering {
  const portable = portableLowering(precision).operations;
  const operations: Lowering["operations"] = {
    ...portable,
    ...channelsLastLayout,
    ...sums,
    ...convolutions(() => operations),
    ...transformers(portable),

    groupNorm: (emit, node, [x = ""]) => {
      const { weights, attributes } = node;
      if (!hasGroupNorm(node)) {
        const turned = portable.groupNorm(emit, node, [emit.transpose(x, [0, 3, 1, 2])]);
        return emit.transpose(turned, [0, 2, 3, 1]);
      }
      const { groups, epsilon } = attributes;
      const parts = [x, ...weights.map((weight) => emit.weight(weight, { as: "float32" }))];
      return emit.node("GroupNorm", parts, {
        attributes: { groups, epsilon: { float: epsilon }, activation: 0, channels_last: 1 },
        domain: "com.microsoft",
      });
    },

    silu: (emit, _, [x = ""]) => silu(emit, x),

    upsample: (emit, node, inputs) => {
      const [batch = 0, channels = 0, height = 0, width = 0] = node.output.shape;
      const output = { ...node.output, shape: [batch, height, width, channels] };
      return portable.upsample(emit, { ...node, output }, inputs);
    },
  };
  return { precision, layout: "channels last", operations, join: joinOperators };
}

type Operations = Lowering["operations"];

function convolutions(
  all: () => Operations,
): Pick<Operations, "conv2d" | "upsampledConv2d" | "normedConv2d"> {
  return {
    conv2d: (emit, { weights: [kernel, bias], attributes }, [x = ""]) => {
      if (kernel === undefined) return x;
      const { stride, pads } = attributes;
      const [, , height = 1, width = 1] = kernel.shape;
      const parts = [x, withChannelsLast(emit, kernel), ...(bias ? [emit.weight(bias)] : [])];
      return emit.node("NhwcConv", parts, {
        attributes: { kernel_shape: [height, width], strides: [stride, stride], pads: [...pads] },
        domain: "com.microsoft",
      });
    },

    upsampledConv2d: (emit, node, inputs) => {
      const attributes = { stride: 1, pads: [1, 1, 1, 1] as const };
      const [{ shape } = node.output] = node.inputs;
      const [batch = 0, channels = 0, height = 0, width = 0] = shape;
      const output = { ...node.output, shape: [batch, channels, 2 * height, 2 * width] };
      const large = all().upsample(emit, { ...node, kind: "upsample", output }, inputs);
      return all().conv2d(emit, { ...node, kind: "conv2d", attributes }, [large]);
    },

    normedConv2d: oneAfterTheOther(all),
  };
}

function transformers(portable: Operations): Pick<Operations, "attention" | "gatedGelu"> {
  return {
    attention: (emit, node, inputs) => {
      const { heads, causal } = node.attributes;
      if (causal) return portable.attention(emit, node, inputs);
      const [query = "", key = "", value = ""] = inputs;
      // Scaled before the product, scores stay within float16 whichever kernel multiplies; 1/8 is exact for heads of 64.
      const [, , width = 0] = node.output.shape;
      const scaled = emit.node("Mul", [query, emit.scalar(1 / Math.sqrt(width / heads))]);
      return emit.node("MultiHeadAttention", [scaled, key, value], {
        attributes: { num_heads: heads, scale: { float: 1 } },
        domain: "com.microsoft",
      });
    },

    gatedGelu: (emit, node, [x = ""]) => {
      const [{ shape } = node.output] = node.inputs;
      const width = shape.at(-1) ?? 0;
      if (!SPLIT_GELU_WIDTHS.has(width)) return portable.gatedGelu(emit, node, [x]);
      return emit.node("BiasSplitGelu", [x, zeros(emit, width)], { domain: "com.microsoft" });
    },
  };
}

/** Sums whose inputs have one batch size, as joined sums need (joinOperators). */
const sums: Pick<Operations, "add" | "addPerChannel"> = {
  add: (emit, { inputs }, values) => {
    const batch = Math.max(...inputs.map(({ shape: [rows = 1] }) => rows));
    const all = values.map((value, i) => repeated(emit, inputs[i], { value, batch }));
    return emit.node("Add", all);
  },

  addPerChannel: (emit, { inputs: [, perChannel], output }, [x = "", numbers = ""]) => {
    const [batch = 0, channels = 0] = output.shape;
    const all = repeated(emit, perChannel, { value: numbers, batch });
    return emit.node("Add", [x, emit.reshape(all, [batch, 1, 1, channels])]);
  },
};

/** Widths that the kernel of BiasSplitGelu is compiled for (contrib_ops/cuda/diffusion/bias_split_gelu.cc). */
const SPLIT_GELU_WIDTHS: ReadonlySet<number> = new Set([2560, 5120, 10240]);

/** The number of groups that the kernel of GroupNorm accepts, and the channels that one of its blocks computes. */
const KERNEL_GROUPS = 32;
const CHANNELS_PER_BLOCK = 320;
const OTHER_CHANNELS: ReadonlySet<number> = new Set([128, 256, 512]);

/** Whether the provider's kernel accepts this norm (contrib_ops/cuda/diffusion/group_norm_impl.cu). */
function hasGroupNorm({ attributes, output }: NodeOf<"groupNorm">): boolean {
  const [, channels = 0] = output.shape;
  const fits = channels % CHANNELS_PER_BLOCK === 0 || OTHER_CHANNELS.has(channels);
  return attributes.groups === KERNEL_GROUPS && fits;
}

/** A kernel (out, in, h, w) as (out, h, w, in); ONNX Runtime folds the transposition when the session is opened. */
function withChannelsLast(emit: Emitter, kernel: Weight): string {
  const [turned = ""] = emit.once(`${kernel.name}:channels last`, () => [
    emit.transpose(emit.weight(kernel), [0, 2, 3, 1]),
  ]);
  return turned;
}

function zeros(emit: Emitter, width: number): string {
  return emit.node("Expand", [emit.scalar(0), emit.integers([width])]);
}

interface Repeated {
  readonly value: string;
  readonly batch: number;
}

/** A value with a batch of 1 repeated up to `batch`. */
function repeated(emit: Emitter, of: Value | undefined, { value, batch }: Repeated): string {
  const [rows = batch, ...rest] = of?.shape ?? [];
  if (rows === batch) return value;
  return emit.node("Expand", [value, emit.integers([batch, ...rest.map(() => 1)])]);
}
