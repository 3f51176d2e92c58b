// L2-penalised logistic regression by damped Newton steps (iteratively reweighted least squares): Hastie, Tibshirani and
// Friedman, The Elements of Statistical Learning, 4.4.1; the step is halved as in Boyd and Vandenberghe, 9.5.2.
//
//   minimise  sum over rows of (log(1 + exp(z)) - y z)  +  penalty / 2 x sum of squared coefficients
//
// The intercept is not penalised. With standardised numbers the penalty is the precision of a normal prior on what one
// standard deviation changes; it is 1/C of other programs. It makes the optimum exist and unique where data is separable or
// columns depend on each other. One thread, sums in the order of the rows: the same data gives the same bits.
import { solvePositiveDefinite } from './cholesky.js';
import { RowReader } from './encoding.js';
import type { Encoding } from './encoding.js';
import { FitError } from './errors.js';
import type { RowNumbers } from './training-table.js';

export interface FitOptions {
  /** Above 0. */
  readonly penalty: number;
  /** Weights to begin with, such as those of another penalty; default: the rate of takers alone. */
  readonly start?: Float64Array;
}

export interface Fit {
  /** One a term of the encoding. */
  readonly weights: Float64Array;
  readonly iterations: number;
  /** Of the penalised sum; all of it within rounding of 0. */
  readonly gradient: Float64Array;
}

/** The matrix of second derivatives has the square of this many numbers. */
export const MAX_TERMS = 2000;
const mostIterations = 100;
const mostHalvings = 40;
/** Half the squared Newton decrement, which bounds what is left to gain, over the sum so far. */
const tolerance = 1e-13;

/**
 * @param labels 0 or 1 by row of the table; both must occur in `rows`
 * @throws FitError when there are too many terms, or no step improves the sum
 */
export function fitLogistic(
  encoding: Encoding,
  rows: RowNumbers,
  labels: Uint8Array,
  options: FitOptions,
): Fit {
  const { termCount } = encoding;
  if (termCount > MAX_TERMS) {
    throw new FitError(
      `the model has ${termCount} coefficients, at most ${MAX_TERMS} can be fitted; name fewer features`,
    );
  }
  const problem = new PenalisedProblem(encoding, rows, labels, options.penalty);
  let weights = options.start ?? problem.rateAlone();
  let here = problem.evaluate(weights);
  for (let iteration = 1; iteration <= mostIterations; iteration++) {
    const step = solvePositiveDefinite(here.hessian, here.gradient);
    if (step === undefined) throw new FitError('the fit met a matrix that is not positive definite');
    const decrement = dot(step, here.gradient);
    if (decrement / 2 <= tolerance * Math.max(1, here.sum)) {
      return { weights, iterations: iteration - 1, gradient: here.gradient };
    }
    let size = 1;
    let next = moved(weights, step, size);
    let there = problem.evaluate(next);
    // Near the optimum the gain drowns in rounding; a step that does not make it worse by more is taken.
    const slack = 1e-14 * Math.abs(here.sum);
    for (let halving = 0; !(there.sum <= here.sum - 1e-4 * size * decrement + slack); halving++) {
      if (halving === mostHalvings) throw new FitError('the fit found no step that improves it');
      size /= 2;
      next = moved(weights, step, size);
      there = problem.evaluate(next);
    }
    weights = next;
    here = there;
  }
  throw new FitError(`the fit did not settle in ${mostIterations} steps`);
}

interface Evaluation {
  readonly sum: number;
  readonly gradient: Float64Array;
  /** Lower triangle, row by row. */
  readonly hessian: Float64Array;
}

class PenalisedProblem {
  readonly #encoding: Encoding;
  readonly #rows: RowNumbers;
  readonly #labels: Uint8Array;
  readonly #penalty: number;
  readonly #reader: RowReader;

  constructor(encoding: Encoding, rows: RowNumbers, labels: Uint8Array, penalty: number) {
    this.#encoding = encoding;
    this.#rows = rows;
    this.#labels = labels;
    this.#penalty = penalty;
    this.#reader = new RowReader(encoding);
  }

  rateAlone(): Float64Array {
    let positives = 0;
    for (const row of this.#rows) positives += this.#labels[row] ?? 0;
    const weights = new Float64Array(this.#encoding.termCount);
    weights[this.#encoding.interceptTerm] = Math.log(positives / (this.#rows.length - positives));
    return weights;
  }

  evaluate(weights: Float64Array): Evaluation {
    const reader = this.#reader;
    const gradient = new Float64Array(weights.length);
    const hessian = new Float64Array(weights.length * weights.length);
    let sum = 0;
    for (const row of this.#rows) {
      reader.read(row);
      const logit = logitOf(reader, weights);
      const label = this.#labels[row] ?? 0;
      const tail = Math.exp(-Math.abs(logit));
      sum += Math.max(logit, 0) + Math.log1p(tail) - label * logit;
      const small = tail / (1 + tail);
      const probability = logit < 0 ? small : 1 - small;
      addGradient(gradient, reader, probability - label);
      addHessian(hessian, reader, { size: weights.length, weight: small * (1 - small) });
    }
    return { sum: sum + this.#addPenalty(weights, gradient, hessian), gradient, hessian };
  }

  #addPenalty(weights: Float64Array, gradient: Float64Array, hessian: Float64Array): number {
    let squares = 0;
    for (let i = 0; i < weights.length; i++) {
      if (i === this.#encoding.interceptTerm) continue;
      const weight = weights[i] ?? 0;
      squares += weight * weight;
      gradient[i] = (gradient[i] ?? 0) + this.#penalty * weight;
      const diagonal = i * weights.length + i;
      hessian[diagonal] = (hessian[diagonal] ?? 0) + this.#penalty;
    }
    return (this.#penalty / 2) * squares;
  }
}

/** The row that `reader` read last, weighed. */
export function logitOf(reader: RowReader, weights: Float64Array): number {
  const { front, back, backCount } = reader;
  let logit = 0;
  for (let i = 0; i < front.length; i++) logit += (front[i] ?? 0) * (weights[i] ?? 0);
  for (let i = 0; i < backCount; i++) logit += weights[back[i] ?? 0] ?? 0;
  return logit;
}

function addGradient(gradient: Float64Array, reader: RowReader, residual: number): void {
  const { front, back, backCount } = reader;
  for (let i = 0; i < front.length; i++) gradient[i] = (gradient[i] ?? 0) + residual * (front[i] ?? 0);
  for (let i = 0; i < backCount; i++) {
    const term = back[i] ?? 0;
    gradient[term] = (gradient[term] ?? 0) + residual;
  }
}

function addHessian(
  hessian: Float64Array,
  reader: RowReader,
  { size, weight }: { readonly size: number; readonly weight: number },
): void {
  const { front, back, backCount } = reader;
  for (let i = 0; i < front.length; i++) {
    const scaled = weight * (front[i] ?? 0);
    const line = i * size;
    for (let j = 0; j <= i; j++) hessian[line + j] = (hessian[line + j] ?? 0) + scaled * (front[j] ?? 0);
  }
  for (let i = 0; i < backCount; i++) {
    const line = (back[i] ?? 0) * size;
    for (let j = 0; j < front.length; j++)
      hessian[line + j] = (hessian[line + j] ?? 0) + weight * (front[j] ?? 0);
    for (let j = 0; j <= i; j++) {
      const at = line + (back[j] ?? 0);
      hessian[at] = (hessian[at] ?? 0) + weight;
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function moved(weights: Float64Array, step: Float64Array, size: number): Float64Array {
  return weights.map((weight, i) => weight - size * (step[i] ?? 0));
}
