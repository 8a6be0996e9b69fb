/**
 * Added to the diagonal, as a share of the inputs' mean square: too little to affect the result, enough for inputs that
 * are linearly dependent or fewer than the unknowns.
 */
const RIDGE = 1e-7;

/**
 * The weights, with a bias as the last, that best give each component of the targets from the inputs: ridge regression
 * by the normal equations.
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

/** Applies weights, with a bias as the last, to an input. */
export function applyRow(row: readonly number[], input: readonly number[]): number {
  return input.reduce((sum, value, i) => sum + value * (row[i] ?? 0), row[input.length] ?? 0);
}

/** The matrix with entries (i, j): the sum of left[i] x right[j] over all pairs. */
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

/** Solves matrix X = right by Gauss-Jordan elimination; a positive definite matrix needs no pivoting. */
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
