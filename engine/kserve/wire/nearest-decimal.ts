/** The shortest decimal that gives the same float32: 7.1, although the float32 itself is 7.099999904632568. */
export function nearestDecimal(float32: number): number {
  for (let digits = 1; digits < 10; digits++) {
    const decimal = Number(float32.toPrecision(digits));
    if (Math.fround(decimal) === float32) return decimal;
  }
  return float32;
}
