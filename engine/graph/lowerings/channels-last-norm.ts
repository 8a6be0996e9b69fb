import { largestDivisor } from "./bands.ts";
import type { Emitter } from "../emitter.ts";
import type { Value, Weight } from "../graph.ts";

/** The factor and the offset that a group norm comes to for each channel: (b, c) each. */
export interface Factors {
  readonly factor: string;
  readonly offset: string;
}

interface Norm {
  readonly input: Value | undefined;
  readonly groups: number;
  readonly epsilon: number;
  readonly scale: Weight | undefined;
  readonly shift: Weight | undefined;
  /** Number of floats that are measured at once. */
  readonly bandFloats: number;
}

/** The factors of a group norm over x, (b, h, w, c), which is read band by band. */
export function normFactors(emit: Emitter, x: string, norm: Norm): Factors {
  const { input, groups, epsilon, scale, shift } = norm;
  const [batch = 0, channels = 0] = input?.shape ?? [];
  const [means = "", variances = ""] = momentsOf(emit, x, norm);
  const meanOf = (values: string) =>
    emit.node("ReduceMean", [values, emit.integers([1, 3])], { attributes: { keepdims: 1 } });
  const mean = meanOf(means);
  const off = emit.node("Sub", [means, mean]);
  const variance = meanOf(emit.node("Add", [variances, emit.node("Mul", [off, off])]));
  const deviation = emit.node("Sqrt", [emit.node("Add", [variance, emit.floats([epsilon], [])])]);
  const shape = [1, 1, groups, channels / groups];
  const [scales = "", shifts = ""] = [scale, shift].map((weight) =>
    weight === undefined ? "" : emit.weight(weight, { shape }),
  );
  const factor = emit.node("Div", [scales, deviation]);
  const offset = emit.node("Sub", [shifts, emit.node("Mul", [mean, factor])]);
  const perChannel = (values: string) => emit.reshape(values, [batch, channels]);
  return { factor: perChannel(factor), offset: perChannel(offset) };
}

/** Mean and variance of each channel in each band, all of one size: (b, bands, groups, c / groups) each. */
function momentsOf(emit: Emitter, x: string, { input, groups, bandFloats }: Norm): string[] {
  const [batch = 0, channels = 0, height = 0, width = 0] = input?.shape ?? [];
  const rows = largestDivisor(height, bandFloats / (width * channels));
  const [bands, pixels] = [height / rows, rows * width];
  const picture = emit.reshape(x, [batch * bands, pixels, channels]);
  const moments = emit.scan([picture], (inner, [band = ""]) => {
    // Sums are computed as matrix products: ONNX Runtime's ReduceSum over rows is slow and uses one core only.
    const share = inner.floats([1 / pixels], []);
    const shares = inner.node("Expand", [share, inner.integers([1, pixels])]);
    const mean = inner.node("MatMul", [shares, band]);
    // The variance is computed from the differences to the mean: E[x²] - E[x]² loses precision if the mean is large.
    const off = inner.node("Sub", [band, mean]);
    return [mean, inner.node("MatMul", [shares, inner.node("Mul", [off, off])])];
  });
  return moments.map((moment) => emit.reshape(moment, [batch, bands, groups, channels / groups]));
}
