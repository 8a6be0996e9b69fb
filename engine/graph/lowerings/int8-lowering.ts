import type { Model, Node, NodeOf, OperationKind, Weight } from "../graph.ts";
import { cpuLowering } from "./cpu-lowering.ts";
import type { Emitter } from "../emitter.ts";
import { quantizedConvolution } from "./int8-convolution.ts";
import { quantizedUpsampledConvolution } from "./int8-upsampled-convolution.ts";
import { inBytes, product, valuesOf } from "./int8-product.ts";
import { fuseUpsampling } from "./upsampled-convolution.ts";
import type { Lower, Lowering } from "../lowering.ts";

/** How a UNet's weights are quantized. */
export interface Quantizing {
  /** Number of bits in a quantized weight, including the sign. */
  readonly bits: 7 | 8;
  /** Whether the linear layers stay in float32. */
  readonly keepsLinears?: boolean;
}

/** For processors that add products of bytes exactly: with VNNI, or arm64's dot products. */
export const EXACT: Quantizing = { bits: 8 };

/**
 * For processors that add pairs of products in 16 bits, which saturates (AVX2 without VNNI); with 7 bits it cannot. In
 * linear layers the lost bit costs a picture of the starter 3 dB (engine/README.md, Measured).
 */
export const SATURATING: Quantizing = { bits: 7, keepsLinears: true };

/** The same where memory is short: linear layers in float32 take four times as much. */
export const SATURATING_SMALL: Quantizing = { bits: 7 };

const { operations } = cpuLowering;

/**
 * The CPU's lowering with integer products wherever the model's files have quantized weights: int8 with a scale for
 * each output, made once for what `weightsToQuantize` lists. Activations are quantized to uint8 at run time, so no
 * calibration is needed.
 */
export const int8Lowering: Lowering = {
  precision: "float32",
  prepare: fuseUpsampling,
  operations: {
    ...operations,
    linear: whereQuantized(quantizedLinear, operations.linear),
    conv2d: whereQuantized(quantizedConvolution, operations.conv2d),
    upsampledConv2d: whereQuantized(quantizedUpsampledConvolution, operations.upsampledConv2d),
  },
};

function whereQuantized<K extends OperationKind>(bytes: Lower<K>, floats: Lower<K>): Lower<K> {
  return (emit, node, inputs) => {
    const [weight] = node.weights;
    const isQuantized = weight !== undefined && emit.has(valuesOf(weight));
    return isQuantized ? bytes(emit, node, inputs) : floats(emit, node, inputs);
  };
}

/**
 * The matrices and kernels to quantize, each once. Small ones are left out, and so are those whose error shows in the
 * picture: shortcuts (1x1 convolutions), whose error bypasses the block and is never corrected, and the linears of the
 * last transformer, whose error goes straight into the result. The latter are a fifteenth of the linears' work in
 * Stable Diffusion 2 and four fifths of their error in the starter.
 */
export function weightsToQuantize(
  { nodes }: Model,
  { keepsLinears = false }: Quantizing = EXACT,
): readonly Weight[] {
  const last = nodes.findLastIndex(({ kind }) => kind === "flattenSpace");
  const kernels = nodes.flatMap((node, i) => {
    const isKept = node.kind === "linear" && (keepsLinears || (last >= 0 && i > last));
    const [kernel] = node.weights;
    return kernel !== undefined && !isKept && mayBeQuantized(node, kernel) ? [kernel] : [];
  });
  return [...new Map(kernels.map((kernel) => [kernel.name, kernel])).values()];
}

/**
 * Large kernels, and linears over tokens; a linear over a single row, such as the time embedding's, costs nothing
 * anyway.
 */
function mayBeQuantized({ kind, inputs: [x] }: Node, { shape }: Weight): boolean {
  const [out = 0, channels = 0, k = 1] = shape;
  const isLarge = Math.min(out, channels) >= FEWEST_CHANNELS;
  // The scales follow the int8 values in their file, at a multiple of their own four bytes.
  if (!isLarge || (out * channels) % 4 !== 0) return false;
  return kind === "linear" ? x?.shape.length === 3 : kind === "conv2d" && k > 1;
}

/** With fewer channels on either side, quantizing costs more than it saves. */
const FEWEST_CHANNELS = 32;

/**
 * A linear that widens reads a layer norm, whose rows have similar magnitudes. The rows of others differ (flat and
 * detailed parts of a picture, tokens that a gate lets through): each row is divided by its largest magnitude before
 * quantization, and its result multiplied by it.
 */
function quantizedLinear(
  emit: Emitter,
  { inputs: [input], weights: [weight, bias], output }: NodeOf<"linear">,
  [x = ""]: readonly string[],
): string {
  if (weight === undefined) return x;
  const [wide = 0, narrow = 0] = [output, input].map((value) => value?.shape.at(-1));
  if (wide > narrow) return product(emit, inBytes(emit, x), { weight, bias });
  const [rows = "", sizes = ""] = emit.once(`${x}:rows`, () => rowsOfOneSize(emit, x));
  const y = emit.node("Mul", [product(emit, inBytes(emit, rows), { weight }), sizes]);
  return bias === undefined ? y : emit.node("Add", [y, emit.weight(bias)]);
}

/** Each row divided by its largest magnitude, and that magnitude; a row of zeros is left as it is. */
function rowsOfOneSize(emit: Emitter, x: string): readonly string[] {
  const most = emit.node("ReduceMax", [emit.node("Abs", [x]), emit.integers([-1])], {
    attributes: { keepdims: 1 },
  });
  const sizes = emit.node("Max", [most, emit.floats([1e-30], [])]);
  return [emit.node("Div", [x, sizes]), sizes];
}
