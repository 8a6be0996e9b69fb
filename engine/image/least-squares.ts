/**
 * Share of the inputs' mean square that is added to the diagonal: too little to be seen in the
 * result, enough for inputs that depend on each other or are fewer than the unknowns.
 */
const RIDGE = 1e-7;

/**
 * For each of the targets' components the weights, with a bias as the last, that come nearest to
 * giving it from the inputs: ridge regression by the normal equations.
 */
export function fitRows(
  inputs: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
): number[][] {
  if (inputs.length === 0) throw new RangeError("there is nothing to fit");
  const extended = inputs.map((input) => [...input, 1]);
  const squares = sumOfProducts(extended, extended);
  const meanSquare = squares.reduce((sum, row, i) => sum + (row[i] ?? 0), 0) / squares.length;
  const rows = squares.map((row, i) => row.with(i, (row[i] ?? 0) + RIDGE * meanSquare));
  return transpose(solve(rows, sumOfProducts(extended, targets)));
}

/** What a row of weights, with a bias as the last, gives for an input. */
export function applyRow(row: readonly number[], input: readonly number[]): number {
  return input.reduce((sum, value, i) => sum + value * (row[i] ?? 0), row[input.length] ?? 0);
}

/** The matrix whose (i, j) is the sum over all pairs of left[i] x right[j]. */
function sumOfProducts(
  left: readonly (readonly number[])[],
  right: readonly (readonly number[])[],
): number[][] {
  const width = right[0]?.length ?? 0;
  const sums = Array.from(left[0] ?? [], () => Array.from({ length: width }, () => 0));
  for (const [n, row] of left.entries()) {
    for (const [i, sum] of sums.entries()) {
      for (let j = 0; j < width; j++) sum[j] = (sum[j] ?? 0) + (row[i] ?? 0) * (right[n]?.[j] ?? 0);
    }
  }
  return sums;
}

/** X in matrix X = right, by Gauss and Jordan; a positive definite matrix needs no pivots. */
function solve(matrix: readonly number[][], right: readonly number[][]): number[][] {
  const rows = matrix.map((row, i) => [...row, ...(right[i] ?? [])]);
  for (let i = 0; i < rows.length; i++) {
    const pivot = (rows[i] ?? []).map((value, _, row) => value / (row[i] ?? 1));
    for (const [n, row] of rows.entries()) {
      const factor = row[i] ?? 0;
      rows[n] = n === i ? pivot : row.map((value, j) => value - factor * (pivot[j] ?? 0));
    }
  }
  return rows.map((row) => row.slice(matrix.length));
}

function transpose(rows: readonly number[][]): number[][] {
  return Array.from(rows[0] ?? [], (_, j) => rows.map((row) => row[j] ?? 0));
}
