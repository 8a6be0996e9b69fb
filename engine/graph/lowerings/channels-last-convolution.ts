import { bandsOf, imagesOf, placesRead, rowsRead, type Bands, type Reading } from "./bands.ts";
import type { Factors } from "./channels-last-norm.ts";
import type { Method } from "./convolution-methods.ts";
import type { Emitter } from "../emitter.ts";
import type { Node, Weight } from "../graph.ts";

/** A convolution, with the operations before and after it that are computed in the same pass. */
export interface Convolution {
  /** The node whose first input is convolved. */
  readonly node: Pick<Node, "inputs" | "output">;
  readonly method: Method;
  /** Rows and columns of zero padding before the first pixel. */
  readonly pads: readonly [top: number, left: number, ...rest: number[]];
  readonly bias: Weight | undefined;
  /** Scales and shifts the input before a SiLU; absent if the input is used unchanged. */
  readonly factors?: Factors | undefined;
  /** (b, h, w, out): added to the results. */
  readonly rest?: string | undefined;
  /** Approximate number of floats that computing one band needs. */
  readonly bandFloats: number;
}

/**
 * (b, h, w, c) to (b, h, w, out), band by band, so that a band's intermediate values fit in a cache and exist once
 * only. The results are exact; rows that two bands read are scaled twice.
 */
export function convolved(emit: Emitter, x: string, convolution: Convolution): string {
  const { node, method, rest, bandFloats } = convolution;
  const [batch = 0, out = 0, tall = 0, wide = 0] = node.output.shape;
  const bands = bandsOf(readingOf(convolution), bandFloats / method.tileFloats);
  const down = Math.ceil(tall / bands.tile) * bands.tile;
  // Where the last tiles reach beyond the output, `rest` has no rows for them.
  const inBands = down === tall ? rest : undefined;
  const all = emit.reshape(eachBand(emit, x, { ...convolution, bands, rest: inBands }), [
    batch,
    down,
    wide,
    out,
  ]);
  if (down === tall) return all;
  const cut = emit.node("Slice", [all, ...[0, tall, 1].map((at) => emit.integers([at]))]);
  return rest === undefined ? cut : emit.node("Add", [cut, rest]);
}

interface Banded extends Convolution {
  readonly bands: Bands;
}

/** Gives (bands, results of a band, out). */
function eachBand(emit: Emitter, x: string, banded: Banded): string {
  const { node, method, bands, bias, factors, rest } = banded;
  const { batch, height, width, wide, tile, count, rows, read, reach } = bands;
  const [, out = 0] = node.output.shape;
  const [, channels = 0] = node.inputs[0]?.shape ?? [];
  const picture = emit.reshape(x, [batch * height, width * channels]);
  const kernel = method.kernel(emit, x);
  const scanned = [
    emit.places(rowsRead(bands), [count, reach]),
    emit.places(placesRead(bands, method.isShared).rows, [count, read, 1, rows, 1]),
    ...(rest === undefined ? [] : [emit.reshape(rest, [count, rows * tile * wide, out])]),
    ...(factors === undefined ? [] : ofEachBand(emit, factors, imagesOf(bands))),
  ];
  const [all = ""] = emit.scan(scanned, (inner, [reads = "", places = "", ...others]) => {
    const raw = inner.reshape(inner.node("Gather", [picture, reads]), [reach * width, channels]);
    const pixels = factors === undefined ? raw : scaledSilu(inner, raw, others.slice(-2));
    const y = method.results(inner, { bands, pixels, rows: places, kernel });
    const added = [bias && inner.weight(bias), rest && others[0]];
    return [added.reduce<string>((sum, one) => (one ? inner.node("Add", [sum, one]) : sum), y)];
  });
  return all;
}

function readingOf({ node, method, pads: [top, left] }: Convolution): Reading {
  const [batch = 0, , height = 0, width = 0] = node.inputs[0]?.shape ?? [];
  const [, , tall = 0, wide = 0] = node.output.shape;
  return { batch, height, width, tall, wide, top, left, ...method.tiling };
}

function ofEachBand(
  emit: Emitter,
  { factor, offset }: Factors,
  images: readonly number[],
): string[] {
  const places = emit.places(images);
  return [factor, offset].map((values) => emit.node("Gather", [values, places]));
}

function scaledSilu(
  emit: Emitter,
  x: string,
  [factor = "", offset = ""]: readonly string[],
): string {
  return silu(emit, emit.node("Add", [emit.node("Mul", [x, factor]), offset]));
}

/** ONNX Runtime's fused SiLU: QuickGelu with a factor of 1. */
export function silu(emit: Emitter, x: string): string {
  const attributes = { alpha: { float: 1 } };
  return emit.node("QuickGelu", [x], { attributes, domain: "com.microsoft" });
}
