// The part of onnxruntime-node that is used. Its own types are not: the package is optional, and the build must do without it.
import { errorCode, errorMessage } from '../../kernel/index.js';
import { OnnxAbsentError } from '../errors.js';

/** An input or output. Of what is no tensor (a list, a map) only the name is known. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly isTensor: boolean;
  /** Such as `float32`. */
  readonly type?: string;
  /** A number for a fixed dimension, a name for any other. */
  readonly shape?: readonly (number | string)[];
}

export interface OnnxTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

export interface OnnxSession {
  readonly inputMetadata: readonly OnnxValueInfo[];
  readonly outputMetadata: readonly OnnxValueInfo[];
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

export interface OnnxSessionOptions {
  readonly executionProviders: readonly string[];
  readonly executionMode: 'sequential';
  readonly intraOpNumThreads: number;
  readonly interOpNumThreads: number;
  /** 0 all to 4 fatal only. */
  readonly logSeverityLevel: number;
}

export interface OnnxRuntime {
  readonly env: { logLevel?: string };
  readonly InferenceSession: {
    create(file: string, options: OnnxSessionOptions): Promise<OnnxSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OnnxTensor;
}

/** Named by a variable, or the build would ask for the package. */
const packageName: string = 'onnxruntime-node';

export const importOnnxRuntime = async (): Promise<OnnxRuntime> => (await import(packageName)) as OnnxRuntime;

/** @throws OnnxAbsentError */
export async function loadOnnxRuntime(
  model: string,
  load: () => Promise<OnnxRuntime> = importOnnxRuntime,
): Promise<OnnxRuntime> {
  try {
    const runtime = await load();
    // It writes to stderr by itself: of graphics cards that are not there, of errors that it throws as well.
    runtime.env.logLevel = 'fatal';
    return runtime;
  } catch (error) {
    const why =
      errorCode(error) === 'ERR_MODULE_NOT_FOUND'
        ? `${packageName} is not installed`
        : `${packageName} cannot be loaded on ${process.platform}-${process.arch} (${firstLine(error)})`;
    throw new OnnxAbsentError(
      model,
      `${why}; run "npm install --ignore-scripts ${packageName}", and npm without --omit=optional from then on. Only models of kind onnx need it`,
      error,
    );
  }
}

function firstLine(error: unknown): string {
  return errorMessage(error).split('\n')[0] ?? '';
}
