// What an ONNX model must take and give: one table of numbers in, one propensity a row out.
import type { OnnxSession, OnnxValueInfo } from './onnx-runtime.js';

/** The names to run a model by, or what is wrong with it, for people. */
export type OnnxShape = { readonly input: string; readonly output: string } | { readonly problem: string };

/** How converters name the output with the probabilities of the classes, beside the label. */
const probabilityNames = ['probabilities', 'output_probability', 'probability'];

export function onnxShape(session: OnnxSession, features: number): OnnxShape {
  const input = inputOf(session.inputMetadata, features);
  if ('problem' in input) return input;
  const output = outputOf(session.outputMetadata);
  if ('problem' in output) return output;
  return { input: input.name, output: output.name };
}

type Found = OnnxValueInfo | { readonly problem: string };

function inputOf(inputs: readonly OnnxValueInfo[], features: number): Found {
  const [input] = inputs;
  const wanted = `one float tensor [rows, ${features}] is wanted, a column for each feature of the model`;
  if (input === undefined || inputs.length > 1) {
    const names = inputs.map((one) => one.name).join(', ');
    return { problem: `has ${inputs.length} inputs (${names}); ${wanted}` };
  }
  const shape = input.shape ?? [];
  if (!input.isTensor || input.type !== 'float32' || shape.length !== 2) {
    return { problem: `takes ${valueWords(input)}; ${wanted}` };
  }
  const [rows, columns] = shape;
  if (typeof columns === 'number' && columns !== features) {
    return { problem: `takes ${columns} columns, but has ${features} features in ranking.yaml; ${wanted}` };
  }
  if (typeof rows === 'number') {
    return { problem: `takes exactly ${rows} rows at a time; export it with any number of rows` };
  }
  return input;
}

function outputOf(outputs: readonly OnnxValueInfo[]): Found {
  const wanted =
    'one float tensor [rows], [rows, 1] or [rows, 2] (the classes no and yes) of probabilities is wanted';
  const floats = outputs.filter((one) => one.isTensor && one.type === 'float32');
  const named = floats.filter((one) => probabilityNames.includes(one.name));
  const [output] = named.length === 1 ? named : floats;
  if (output === undefined && outputs.some((one) => !one.isTensor)) {
    const hint = 'with skl2onnx: options={"zipmap": False}, with onnxmltools: zipmap=False';
    return { problem: `gives a list of maps (ZipMap); export it without (${hint}); ${wanted}` };
  }
  if (output === undefined || (floats.length > 1 && named.length !== 1)) {
    return { problem: `gives ${outputs.map(valueWords).join(' and ')}; ${wanted}` };
  }
  const shape = output.shape ?? [];
  // No shape at all is one that is not declared.
  const isFit = shape.length <= 1 || (shape.length === 2 && isClassCount(shape[1]));
  return isFit ? output : { problem: `gives ${valueWords(output)}; ${wanted}` };
}

function isClassCount(dimension: number | string | undefined): boolean {
  return typeof dimension !== 'number' || dimension === 1 || dimension === 2;
}

/** Such as `X, a float64 tensor [any, 20]`. */
function valueWords({ name, isTensor, type, shape }: OnnxValueInfo): string {
  if (!isTensor) return `${name}, no tensor`;
  const dimensions = (shape ?? []).map((one) => (typeof one === 'number' ? one : one || 'any'));
  return `${name}, a ${type ?? ''} tensor [${dimensions.join(', ')}]`;
}
