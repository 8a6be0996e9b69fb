import type { Emitter } from "../emitter.ts";
import type { NodeOf, Value } from "../graph.ts";
import { inBytes, product, type Bytes } from "./int8-product.ts";

/**
 * Approximate maximum number of pixels in a product. ONNX Runtime adds 384 inputs at a time: with more pixels neither
 * the partial sums nor the columns fit in a core's cache (370 billion operations a second at 1024 pixels, 240 at 8192).
 */
const BAND_PIXELS = 2048;

/**
 * A convolution as matrix products: columns of k x k pixels, gathered as bytes, times the kernels; in bands of rows.
 */
export function quantizedConvolution(
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
