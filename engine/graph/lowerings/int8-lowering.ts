import type { Model, Node, NodeOf, Value, Weight } from "../graph.ts";
import { cpuLowering } from "./cpu-lowering.ts";
import type { Emitter } from "../emitter.ts";
import type { Lowering } from "../lowering.ts";

/** Number of bits in a quantized weight, including the sign. */
export interface Quantizing {
  readonly bits: 7 | 8;
}

/** For processors that add products of bytes exactly: with VNNI, or arm64's dot products. */
export const EXACT: Quantizing = { bits: 8 };

/** For processors that add pairs of products in 16 bits, which saturates (AVX2 without VNNI); with 7 bits it cannot. */
export const SATURATING: Quantizing = { bits: 7 };

const { linear, conv2d } = cpuLowering.operations;

/**
 * The CPU's lowering with integer products wherever the model's files have quantized weights: int8 with a scale for
 * each output, made once for what `weightsToQuantize` lists. Activations are quantized to uint8 at run time, so no
 * calibration is needed.
 */
export const int8Lowering: Lowering = {
  precision: "float32",
  operations: {
    ...cpuLowering.operations,
    linear: (emit, node, inputs) =>
      isQuantized(emit, node) ? quantizedLinear(emit, node, inputs) : linear(emit, node, inputs),
    conv2d: (emit, node, inputs) =>
      isQuantized(emit, node)
        ? quantizedConvolution(emit, node, inputs)
        : conv2d(emit, node, inputs),
  },
};

function isQuantized(emit: Emitter, { weights: [weight] }: Node): boolean {
  return weight !== undefined && emit.has(valuesOf(weight));
}

/**
 * The matrices and kernels that may be quantized, each once. Small ones are left out, and so are those whose error
 * shows in the picture: shortcuts (1x1 convolutions), whose error bypasses the block and is never corrected, and the
 * linears of the last transformer, whose error goes straight into the result. The latter are a fifteenth of the
 * linears' work in Stable Diffusion 2 and four fifths of their error in the starter.
 */
export function weightsToQuantize({ nodes }: Model): readonly Weight[] {
  const last = nodes.findLastIndex(({ kind }) => kind === "flattenSpace");
  const kernels = nodes.flatMap((node, i) => {
    const isLast = node.kind === "linear" && last >= 0 && i > last;
    const [kernel] = node.weights;
    return kernel !== undefined && !isLast && mayBeQuantized(node, kernel) ? [kernel] : [];
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

/** The int8 values of a quantized weight: (inputs, out), where a kernel's inputs are (k, k, in). */
export function valuesOf({ name, shape }: Weight): Weight {
  const [out = 0, ...inputs] = shape;
  return { name: `${name}.int8`, shape: [inputs.reduce((size, one) => size * one, 1), out] };
}

/** The factor of each output: (out) of float32. */
export function scalesOf({ name, shape: [out = 0] }: Weight): Weight {
  return { name: `${name}.scale`, shape: [out] };
}

/** A value quantized to uint8, once for all its readers. */
interface Bytes {
  readonly bytes: string;
  readonly scale: string;
  /** The zero point: the byte that stands for 0. */
  readonly zero: string;
}

function inBytes(emit: Emitter, x: string): Bytes {
  const [bytes = "", scale = "", zero = ""] = emit.once(`${x}:bytes`, () =>
    emit.split("DynamicQuantizeLinear", [x], 3),
  );
  return { bytes, scale, zero };
}

/** (…, inputs) of bytes times (inputs, out), as float32; the bias is added in the same pass. */
function product(
  emit: Emitter,
  { bytes, scale, zero }: Bytes,
  { weight, bias }: { readonly weight: Weight; readonly bias?: Weight | undefined },
): string {
  const factors = [emit.stored(valuesOf(weight)), scale, emit.stored(scalesOf(weight)), zero];
  const offset = bias === undefined ? [] : ["", emit.weight(bias)];
  return emit.node("MatMulIntegerToFloat", [bytes, ...factors, ...offset], {
    domain: "com.microsoft",
  });
}

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

/**
 * Approximate maximum number of pixels in a product. ONNX Runtime adds 384 inputs at a time: with more pixels neither
 * the partial sums nor the columns fit in a core's cache (370 billion operations a second at 1024 pixels, 240 at 8192).
 */
const BAND_PIXELS = 2048;

/**
 * A convolution as matrix products: columns of k x k pixels, gathered as bytes, times the kernels; in bands of rows.
 */
function quantizedConvolution(
  emit: Emitter,
  node: NodeOf<"conv2d">,
  [x = ""]: readonly string[],
): string {
  const [weight, bias] = node.weights;
  if (weight === undefined) return x;
  const { bytes, ...scaling } = inBytes(emit, x);
  const pixels = paddedPixels(emit, node, { bytes, zero: scaling.zero });
  const bands = rowBands(node.output).map((rows) => {
    const columns = columnsOf(emit, node, pixels, rows);
    return emit.transpose(
      product(emit, { bytes: columns, ...scaling }, { weight, bias }),
      [0, 3, 1, 2],
    );
  });
  const [only = ""] = bands;
  return bands.length === 1 ? only : emit.node("Concat", bands, { attributes: { axis: 2 } });
}

/** First row and the row after the last. */
type Rows = readonly [number, number];

function rowBands({ shape: [batch = 0, , height = 0, width = 0] }: Value): readonly Rows[] {
  const bands = Math.max(1, Math.round((batch * height * width) / BAND_PIXELS));
  const rows = Math.ceil(height / bands);
  return Array.from({ length: Math.ceil(height / rows) }, (_, i) => [
    i * rows,
    Math.min(height, (i + 1) * rows),
  ]);
}

/** (b, h, w, c) of uint8 with padding. */
function paddedPixels(
  emit: Emitter,
  { attributes: { pads } }: NodeOf<"conv2d">,
  { bytes, zero }: Pick<Bytes, "bytes" | "zero">,
): string {
  const [top, left, bottom, right] = pads;
  const edges = emit.integers([0, top, left, 0, 0, bottom, right, 0]);
  return emit.node("Pad", [emit.transpose(bytes, [0, 2, 3, 1]), edges, zero]);
}

/**
 * What some rows of the result read of padded pixels: (b, rows, result's width, k * k * c), row by row of the kernel.
 */
function columnsOf(
  emit: Emitter,
  { weights: [kernel], attributes: { stride }, output }: NodeOf<"conv2d">,
  pixels: string,
  [from, to]: Rows,
): string {
  const [, , k = 0] = kernel?.shape ?? [];
  const [, , , width = 0] = output.shape;
  const shifted = Array.from({ length: k * k }, (_, i) => {
    const [y, x] = [Math.floor(i / k), i % k];
    const starts = [y + from * stride, x];
    const ends = [y + (to - 1) * stride + 1, x + (width - 1) * stride + 1];
    const range = [starts, ends, [1, 2], [stride, stride]].map((values) => emit.integers(values));
    return emit.node("Slice", [pixels, ...range]);
  });
  return emit.node("Concat", shifted, { attributes: { axis: 3 } });
}
