import type { Pixels } from "../../engine/image/pixels.ts";

/** Side of the windows in which two pictures are compared, as in the paper's first variant. */
const WINDOW = 8;
/** Wang, Bovik, Sheikh, Simoncelli 2004: K1 = 0.01, K2 = 0.03 of the range. */
const [C1, C2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];

/** Structural similarity of the luma of two pictures of the same size: 1 if they are equal. */
export function ssim(a: Pixels, b: Pixels): number {
  const [x, y] = [brightness(a), brightness(b)];
  let sum = 0;
  let windows = 0;
  for (let top = 0; top + WINDOW <= a.height; top++) {
    for (let left = 0; left + WINDOW <= a.width; left++) {
      sum += windowSimilarity(x, y, { start: top * a.width + left, stride: a.width });
      windows++;
    }
  }
  return sum / windows;
}

interface Place {
  readonly start: number;
  readonly stride: number;
}

function windowSimilarity(x: Float64Array, y: Float64Array, { start, stride }: Place): number {
  const count = WINDOW ** 2;
  let [sumX, sumY, xx, yy, xy] = [0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const at = start + Math.floor(i / WINDOW) * stride + (i % WINDOW);
    const [p, q] = [x[at]!, y[at]!];
    sumX += p;
    sumY += q;
    xx += p * p;
    yy += q * q;
    xy += p * q;
  }
  const [meanX, meanY] = [sumX / count, sumY / count];
  const [varX, varY] = [xx / count - meanX ** 2, yy / count - meanY ** 2];
  const covariance = xy / count - meanX * meanY;
  const likeness = (2 * meanX * meanY + C1) * (2 * covariance + C2);
  return likeness / ((meanX ** 2 + meanY ** 2 + C1) * (varX + varY + C2));
}

/** ITU-R BT.601. */
function brightness({ data, width, height }: Pixels): Float64Array {
  return Float64Array.from(
    { length: width * height },
    (_, i) => 0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!,
  );
}
