// Systems of linear equations with a symmetric positive definite matrix, by Cholesky's factorisation (Golub and Van Loan,
// Matrix Computations, 4.2). Plain loops in one order, so that the same numbers give the same bits.

/**
 * Solves A x = b.
 * @param matrix the lower triangle of A, row by row, size x size; overwritten with its factor
 * @returns x, or undefined when A is not positive definite to working precision
 */
export function solvePositiveDefinite(matrix: Float64Array, b: Float64Array): Float64Array | undefined {
  const size = b.length;
  if (!factorise(matrix, size)) return undefined;
  const x = Float64Array.from(b);
  for (let i = 0; i < size; i++) {
    let sum = x[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= (matrix[i * size + k] ?? 0) * (x[k] ?? 0);
    x[i] = sum / (matrix[i * size + i] ?? 1);
  }
  for (let i = size - 1; i >= 0; i--) {
    const value = (x[i] ?? 0) / (matrix[i * size + i] ?? 1);
    x[i] = value;
    for (let k = 0; k < i; k++) x[k] = (x[k] ?? 0) - (matrix[i * size + k] ?? 0) * value;
  }
  return x;
}

/** A = L L', L in place of the lower triangle. */
function factorise(matrix: Float64Array, size: number): boolean {
  for (let i = 0; i < size; i++) {
    const rowI = i * size;
    for (let j = 0; j <= i; j++) {
      const rowJ = j * size;
      let sum = matrix[rowI + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (matrix[rowI + k] ?? 0) * (matrix[rowJ + k] ?? 0);
      if (i === j) {
        if (!(sum > 0)) return false;
        matrix[rowI + i] = Math.sqrt(sum);
      } else {
        matrix[rowI + j] = sum / (matrix[rowJ + j] ?? 1);
      }
    }
  }
  return true;
}
