import type { Model, Node, NodeOf, Weight } from "./graph.ts";
import { cpuLowering } from "./cpu-lowering.ts";
import type { Emitter } from "./emitter.ts";
import type { Lowering } from "./lowering.ts";

/** What becomes whole numbers, and of how many bits, sign included. */
export interface Quantizing {
  readonly bits: 7 | 8;
  /** Whether linears do, too: at 7 bits they cost more of the picture than they gain. */
  readonly linears: boolean;
}

/** For processors that add up products of bytes exactly (VNNI, and arm64's dot products). */
export const EXACT: Quantizing = { bits: 8, linears: true };

/**
 * For those that add pairs of them in 16 bits, which saturate (AVX2 alone): 7 bits do not, and in the
 * convolutions they cost nothing that is seen (starter, 8 prompts: 53.3 dB against 56.1).
 */
export const SATURATING: Quantizing = { bits: 7, linears: false };

/**
 * The CPU's table with products of whole numbers: weights are int8 with a scale for each output, made once
 * (`weightsToQuantize` says of which); activations are turned into uint8 as they come, so that nothing
 * needs calibrating. What is small, or hurts a picture, stays as in the float32 table.
 */
export function int8Lowering(quantizing: Quantizing): Lowering {
  const { linear, conv2d } = cpuLowering.operations;
  return {
    precision: "float32",
    operations: {
      ...cpuLowering.operations,
      linear: (emit, node, inputs) =>
        isQuantized(node, quantizing)
          ? quantizedLinear(emit, node, inputs)
          : linear(emit, node, inputs),
      conv2d: (emit, node, inputs) =>
        isQuantized(node, quantizing)
          ? quantizedConvolution(emit, node, inputs)
          : conv2d(emit, node, inputs),
    },
  };
}

/** The matrices and kernels that `int8Lowering` wants as whole numbers, each once. */
export function weightsToQuantize({ nodes }: Model, quantizing: Quantizing): readonly Weight[] {
  const quantized = nodes.filter((node) => isQuantized(node, quantizing));
  const kernels = quantized.flatMap(({ weights: [kernel] }) => kernel ?? []);
  return [...new Map(kernels.map((kernel) => [kernel.name, kernel])).values()];
}

/** A quantized weight's numbers: (inputs, out) of int8, where a kernel's inputs are (k, k, in). */
export function valuesOf({ name, shape }: Weight): Weight {
  const [out = 0, ...inputs] = shape;
  return { name: `${name}.int8`, shape: [inputs.reduce((size, one) => size * one, 1), out] };
}

/** What the numbers of each output are multiplied by: (out) of float32. */
export function scalesOf({ name, shape: [out = 0] }: Weight): Weight {
  return { name: `${name}.scale`, shape: [out] };
}

/**
 * Linears over tokens, since over one row, as of the time embedding, they cost nothing; and convolutions
 * but for shortcuts (1x1), which carry a block's input past it, so that what they lose stays lost.
 */
function isQuantized(
  { kind, inputs: [x], weights: [weight] }: Node,
  { linears }: Quantizing,
): boolean {
  if (weight === undefined || !isLarge(weight)) return false;
  if (kind === "linear") return linears && x?.shape.length === 3;
  return kind === "conv2d" && (weight.shape[2] ?? 1) > 1;
}

/** Below this many channels on either side, quantizing costs more than it saves. */
const FEWEST_CHANNELS = 32;

/** The scales lie behind the whole numbers in their file, at a multiple of their own four bytes. */
function isLarge({ shape: [out = 0, channels = 0] }: Weight): boolean {
  return Math.min(out, channels) >= FEWEST_CHANNELS && (out * channels) % 4 === 0;
}

function quantizedLinear(
  emit: Emitter,
  { weights: [matrix, bias] }: NodeOf<"linear">,
  [x = ""]: readonly string[],
): string {
  if (matrix === undefined) return x;
  const factors = [emit.stored(valuesOf(matrix)), emit.stored(scalesOf(matrix))];
  const offset = bias === undefined ? [] : ["", emit.weight(bias)];
  return emit.node("DynamicQuantizeMatMul", [x, ...factors, ...offset], {
    domain: "com.microsoft",
  });
}

/** A convolution as one product: columns of k x k pixels, gathered in bytes, by the kernels. */
function quantizedConvolution(
  emit: Emitter,
  node: NodeOf<"conv2d">,
  [x = ""]: readonly string[],
): string {
  const {
    weights: [kernel, bias],
  } = node;
  if (kernel === undefined || bias === undefined) return x;
  const [bytes = "", scale = "", zero = ""] = emit.split("DynamicQuantizeLinear", [x], 3);
  const columns = columnsOf(emit, node, { pixels: emit.transpose(bytes, [0, 2, 3, 1]), zero });
  const inputs = [
    columns,
    emit.stored(valuesOf(kernel)),
    scale,
    emit.stored(scalesOf(kernel)),
    zero,
  ];
  const y = emit.node("MatMulIntegerToFloat", [...inputs, "", emit.weight(bias)], {
    domain: "com.microsoft",
  });
  return emit.transpose(y, [0, 3, 1, 2]);
}

interface QuantizedPixels {
  /** (b, h, w, c) of uint8. */
  readonly pixels: string;
  /** The byte that stands for 0. */
  readonly zero: string;
}

/** (b, h, w, c) to (b, h of the result, w of the result, k * k * c): row by row of the kernel. */
function columnsOf(
  emit: Emitter,
  { weights: [kernel], attributes: { stride, pads }, output }: NodeOf<"conv2d">,
  { pixels, zero }: QuantizedPixels,
): string {
  const [, , k = 0] = kernel?.shape ?? [];
  const [, , height = 0, width = 0] = output.shape;
  const [top, left, bottom, right] = pads;
  const edges = emit.integers([0, top, left, 0, 0, bottom, right, 0]);
  const padded = emit.node("Pad", [pixels, edges, zero]);
  const reach = (length: number) => (length - 1) * stride + 1;
  const shifted = Array.from({ length: k * k }, (_, i) => {
    const [y, x] = [Math.floor(i / k), i % k];
    const ends = [y + reach(height), x + reach(width)];
    const range = [[y, x], ends, [1, 2], [stride, stride]].map((values) => emit.integers(values));
    return emit.node("Slice", [padded, ...range]);
  });
  return emit.node("Concat", shifted, { attributes: { axis: 3 } });
}
