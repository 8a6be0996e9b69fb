import type { Lowering } from "./lowering.ts";

type BandOperators = Pick<
  Lowering["operations"],
  "rows" | "inRows" | "joinRows" | "groupMoments" | "groupFactors" | "scaleChannels"
>;

/** What a network in bands of rows (bands.ts) is made of besides, in standard operators. */
export const bandOperators: BandOperators = {
  rows: (emit, { attributes: { from, to } }, [x = ""]) =>
    emit.node("Slice", [x, ...[from, to, 2].map((value) => emit.integers([value]))]),

  // ONNX Runtime's CPU provider passes blocks of channels from convolution to convolution, and keeps a value in
  // both layouts where a norm reads it, too. It does not look through this, which costs nothing.
  inRows: (emit, { output }, [x = ""]) => emit.reshape(x, output.shape),

  joinRows: (emit, _, inputs) => emit.node("Concat", inputs, { attributes: { axis: 2 } }),

  // The variance from the differences: squares alone lose their digits where the mean is large.
  groupMoments: (emit, { output: { shape } }, [x = ""]) => {
    const [, batch = 0, groups = 0] = shape;
    const grouped = emit.reshape(emit.cast(x, "float32"), [1, batch, groups, -1]);
    const mean = emit.mean(grouped, -1);
    const difference = emit.node("Sub", [grouped, mean]);
    const variance = emit.mean(emit.node("Mul", [difference, difference]), -1);
    return emit.node("Concat", [mean, variance], { attributes: { axis: -1 } });
  },

  groupFactors: (emit, { weights, attributes, output: { shape } }, inputs) => {
    const { groups, epsilon, shares } = attributes;
    const all = emit.node("Concat", inputs, { attributes: { axis: 0 } });
    const halves = { attributes: { axis: -1, num_outputs: 2 } };
    const [means = "", variances = ""] = emit.split("Split", [all], 2, halves);
    const parts = emit.floats(shares, [shares.length, 1, 1, 1]);
    const pooled = (x: string) =>
      emit.node("ReduceSum", [emit.node("Mul", [x, parts]), emit.integers([0])], {
        attributes: { keepdims: 0 },
      });
    const mean = pooled(means);
    const off = emit.node("Sub", [means, mean]);
    const variance = pooled(emit.node("Add", [variances, emit.node("Mul", [off, off])]));
    const deviation = emit.node("Sqrt", [emit.node("Add", [variance, emit.floats([epsilon], [])])]);
    const [scale = "", shift = ""] = weights.map((weight) =>
      emit.weight(weight, { shape: [groups, (weight.shape[0] ?? 0) / groups], as: "float32" }),
    );
    const factor = emit.node("Div", [scale, deviation]);
    const offset = emit.node("Sub", [shift, emit.node("Mul", [mean, factor])]);
    const perChannel = [factor, offset].map((x) => emit.reshape(x, [shape[0] ?? 1, -1, 1, 1]));
    return emit.node("Concat", perChannel, { attributes: { axis: 1 } });
  },

  scaleChannels: (emit, _, [x = "", factors = ""]) => {
    const halves = { attributes: { axis: 1, num_outputs: 2 } };
    const [factor = "", offset = ""] = emit.split("Split", [factors], 2, halves);
    const wide = emit.cast(x, "float32");
    const scaled = emit.node("Add", [emit.node("Mul", [wide, factor]), offset]);
    return emit.cast(scaled, emit.precision);
  },
};
