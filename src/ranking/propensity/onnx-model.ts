// A propensity model that was brought as an ONNX file: columns of features in, a propensity a row out.
import { access, constants } from 'node:fs/promises';
import { errorMessage } from '../../kernel/index.js';
import { ModelError } from '../errors.js';
import { loadOnnxRuntime } from './onnx-runtime.js';
import type { OnnxRuntime, OnnxSession, OnnxTensor } from './onnx-runtime.js';
import { onnxShape } from './onnx-shape.js';

export interface OnnxModelOptions {
  /** Its id, for errors. */
  readonly model: string;
  readonly file: string;
  /** How many columns the input has. */
  readonly features: number;
  /** Threads a batch is scored with; default 1, with which the same rows give the same bits. */
  readonly threads?: number;
  /** Default: onnxruntime-node. */
  readonly load?: () => Promise<OnnxRuntime>;
}

interface OpenParts {
  readonly model: string;
  readonly features: number;
  readonly runtime: OnnxRuntime;
  readonly session: OnnxSession;
  readonly input: string;
  readonly output: string;
}

/** Some 1 MB of features at a time. */
const BATCH_ROWS = 16_384;
/** A float that should be 1 may be a little more. */
const ROUNDING = 1e-6;

export class OnnxModel {
  readonly #parts: OpenParts;

  private constructor(parts: OpenParts) {
    this.#parts = parts;
  }

  /** @throws OnnxAbsentError, ModelError when the file is missing, damaged or of another shape */
  static async open(options: OnnxModelOptions): Promise<OnnxModel> {
    const { model, file, features } = options;
    const runtime = await loadOnnxRuntime(model, options.load);
    const session = await openSession(runtime, options);
    const shape = onnxShape(session, features);
    if ('problem' in shape) {
      await session.release();
      throw new ModelError(model, `${file} ${shape.problem}`);
    }
    return new OnnxModel({ model, features, runtime, session, ...shape });
  }

  /**
   * @param columns one a feature, in the order of the model's input; NaN where there is no value
   * @param rows so many of each column, from its first
   * @returns propensities from 0 to 1
   * @throws ModelError when the model fails, or gives anything else
   */
  async score(columns: readonly Float32Array[], rows: number): Promise<Float64Array> {
    const { model, features } = this.#parts;
    if (columns.length !== features || columns.some((one) => one.length < rows)) {
      throw new ModelError(model, `takes ${features} columns of ${rows} rows; ${columns.length} were given`);
    }
    const scores = new Float64Array(rows);
    const table = new Float32Array(Math.min(rows, BATCH_ROWS) * features);
    for (let first = 0; first < rows; first += BATCH_ROWS) {
      const count = Math.min(BATCH_ROWS, rows - first);
      fillRows(table, columns, { first, count });
      const output = await this.#run(table.subarray(0, count * features), count);
      takeScores(scores, output, { first, count });
    }
    checkScores(model, scores);
    return scores;
  }

  /** Frees the memory of the model, which the garbage collector does not see. */
  async close(): Promise<void> {
    await this.#parts.session.release();
  }

  async #run(table: Float32Array, rows: number): Promise<BatchOutput> {
    const { model, features, runtime, session, input, output } = this.#parts;
    let result: OnnxTensor | undefined;
    try {
      const tensor = new runtime.Tensor('float32', table, [rows, features]);
      result = (await session.run({ [input]: tensor }, [output]))[output];
    } catch (error) {
      throw new ModelError(model, `failed on ${rows} rows: ${errorMessage(error)}`, error);
    }
    const data = result?.data;
    const width = data instanceof Float32Array ? data.length / rows : 0;
    if (!(data instanceof Float32Array) || result?.dims[0] !== rows || (width !== 1 && width !== 2)) {
      const dimensions = result?.dims.join(', ') ?? '';
      throw new ModelError(model, `gave [${dimensions}] for ${rows} rows; one probability a row is wanted`);
    }
    return { data, width };
  }
}

interface Batch {
  readonly first: number;
  readonly count: number;
}

interface BatchOutput {
  readonly data: Float32Array;
  /** 1, or 2 for the classes no and yes. */
  readonly width: 1 | 2;
}

async function openSession(runtime: OnnxRuntime, options: OnnxModelOptions): Promise<OnnxSession> {
  const { model, file, threads = 1 } = options;
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    throw new ModelError(model, `${file} cannot be read: ${errorMessage(error)}`, error);
  }
  try {
    // By its path, since a model may have its weights in files beside it.
    return await runtime.InferenceSession.create(file, {
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch (error) {
    throw new ModelError(model, `${file} is no ONNX model that can be run: ${errorMessage(error)}`, error);
  }
}

/** Columns side by side, row after row. */
function fillRows(table: Float32Array, columns: readonly Float32Array[], { first, count }: Batch): void {
  const width = columns.length;
  columns.forEach((column, index) => {
    for (let row = 0, at = index; row < count; row++, at += width) table[at] = column[first + row] ?? NaN;
  });
}

function takeScores(scores: Float64Array, { data, width }: BatchOutput, { first, count }: Batch): void {
  const last = width - 1;
  for (let row = 0; row < count; row++) scores[first + row] = data[row * width + last] ?? NaN;
}

/** Rounds what is a rounding away from 0 or 1. */
function checkScores(model: string, scores: Float64Array): void {
  let [outside, missing, least, most] = [0, 0, Infinity, -Infinity];
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row] ?? NaN;
    if (Number.isNaN(score)) {
      missing++;
      continue;
    }
    least = Math.min(least, score);
    most = Math.max(most, score);
    if (score < -ROUNDING || score > 1 + ROUNDING) outside++;
    else if (score < 0 || score > 1) scores[row] = Math.round(score);
  }
  if (missing > 0) {
    throw new ModelError(
      model,
      `gave no number (NaN) for ${missing} of ${scores.length} rows; it must take NaN, which stands for no value, or its features must always have one`,
    );
  }
  if (outside > 0) {
    throw new ModelError(
      model,
      `gave no probability for ${outside} of ${scores.length} rows: the results are from ${least} to ${most}, not from 0 to 1; does the model end before its sigmoid?`,
    );
  }
}
