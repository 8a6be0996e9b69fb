import type { Emitter } from "../emitter.ts";
import type { NodeOf } from "../graph.ts";
import { inBytes, product, valuesOf } from "./int8-product.ts";

/**
 * A 3x3 convolution of a picture upsampled to twice its size. The nine taps of its kernel are multiplied with the small
 * picture, 9 products a pixel instead of 36, and each result is the sum of its taps' products. Values and weights are
 * the bytes that a convolution of the upsampled picture would read, so only the order of the sums differs.
 */
export function quantizedUpsampledConvolution(
  emit: Emitter,
  { weights: [weight, bias], output }: NodeOf<"upsampledConv2d">,
  [x = ""]: readonly string[],
): string {
  if (weight === undefined) return x;
  const [batch = 0, out = 0, tall = 0, wide = 0] = output.shape;
  const { bytes, ...scaling } = inBytes(emit, x);
  const pixels = emit.transpose(bytes, [0, 2, 3, 1]);
  const taps = emit.storedParts(valuesOf(weight), 9).map((values, tap) =>
    product(
      emit,
      { bytes: pixels, ...scaling },
      {
        weight,
        values,
        // Every result has exactly one product with the kernel's middle.
        bias: tap === 4 ? bias : undefined,
      },
    ),
  );
  const columns = [0, 1, 2].map((column) =>
    halves(emit, [taps[column], taps[3 + column], taps[6 + column]], "rows"),
  );
  const rows = [0, 1].map((parity) => {
    const sums = columns.map((column) => column[parity]);
    const both = emit.node("Concat", halves(emit, sums, "columns"), { attributes: { axis: 3 } });
    return emit.reshape(both, [batch, tall / 2, 1, wide * out]);
  });
  const picture = emit.node("Concat", rows, { attributes: { axis: 2 } });
  return emit.transpose(emit.reshape(picture, [batch, tall, wide, out]), [0, 3, 1, 2]);
}

/**
 * The sums of three taps along one side, for even results and for odd ones. An even result reads the previous pixel
 * with its first tap and its own pixel with the other two; an odd result reads its own pixel with the first two taps
 * and the next pixel with the third.
 */
function halves(
  emit: Emitter,
  [first = "", second = "", third = ""]: readonly (string | undefined)[],
  along: "rows" | "columns",
): readonly string[] {
  const add = (a: string, b: string): string => emit.node("Add", [a, b]);
  return [
    add(moved(emit, first, along, 1), add(second, third)),
    add(add(first, second), moved(emit, third, along, -1)),
  ];
}

/** (b, h, w, c) moved by one row or column, with zeros where nothing moves in. */
function moved(emit: Emitter, x: string, along: "rows" | "columns", by: 1 | -1): string {
  const start = along === "rows" ? [0, by, 0, 0] : [0, 0, by, 0];
  return emit.node("Pad", [x, emit.integers([...start, ...start.map((pad) => -pad)])]);
}
