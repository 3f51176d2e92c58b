// Writes small ONNX models: a logistic regression, good and bad. Protocol Buffers by hand: onnx.proto3 of ONNX, IR version 8.

export interface OnnxOptions {
  /** One a feature. */
  readonly weights: readonly number[];
  readonly bias?: number;
  /**
   * What comes out: `column` [rows, 1], `vector` [rows], `classes` [rows, 2] beside the label, as converters of classifiers write it,
   * `classes3` [rows, 3], `linear` [rows, 1] without the sigmoid, `zipmap` a list of maps beside the label. Default `column`.
   */
  readonly output?: 'column' | 'vector' | 'classes' | 'classes3' | 'linear' | 'zipmap';
  /** What a missing value (NaN) counts as; default: it stays NaN. */
  readonly missingAs?: number;
  /** Default `float`. */
  readonly inputType?: 'float' | 'double';
  /** The first dimension of the input; default any. */
  readonly rows?: number;
  /** Declares the second dimension as any. */
  readonly isOpenWidth?: boolean;
  /** A second input that nothing reads. */
  readonly hasSecondInput?: boolean;
}

type Bytes = readonly number[];

/** Base-128 varint, least significant group first. */
function varint(value: number): Bytes {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}

const number = (field: number, value: number): Bytes => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, value: Bytes): Bytes => [
  ...varint(field * 8 + 2),
  ...varint(value.length),
  ...value,
];
const text = (field: number, value: string): Bytes => bytes(field, [...Buffer.from(value)]);

const elementTypes = { float: 1, int64: 7, double: 11 } as const;
type ElementType = keyof typeof elementTypes;

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9 (little endian). */
function tensor(name: string, dims: readonly number[], data: Float32Array | BigInt64Array): Bytes {
  const type = data instanceof Float32Array ? elementTypes.float : elementTypes.int64;
  const raw = [...new Uint8Array(data.buffer)];
  return [...dims.flatMap((one) => number(1, one)), ...number(2, type), ...text(8, name), ...bytes(9, raw)];
}

const floats = (name: string, dims: readonly number[], values: readonly number[]): Bytes =>
  tensor(name, dims, Float32Array.from(values));

/** TypeProto.tensor_type 1: elem_type 1, shape 2 of dim 1: dim_value 1 or dim_param 2. */
function tensorType(type: ElementType, dims: readonly (number | string)[]): Bytes {
  const shape = dims.flatMap((one) => bytes(1, typeof one === 'number' ? number(1, one) : text(2, one)));
  return bytes(1, [...number(1, elementTypes[type]), ...bytes(2, shape)]);
}

/** TypeProto.sequence_type 4: elem_type 1; map_type 5: key_type 1, value_type 2. */
const listOfMaps: Bytes = bytes(
  4,
  bytes(1, bytes(5, [...number(1, elementTypes.int64), ...bytes(2, tensorType('float', []))])),
);

/** ValueInfoProto: name 1, type 2. */
const valueInfo = (name: string, type: Bytes): Bytes => [...text(1, name), ...bytes(2, type)];

interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly domain?: string;
  readonly attributes?: readonly Bytes[];
}

/** NodeProto: input 1, output 2, op_type 4, attribute 5, domain 7. */
function node({ op, inputs, output, domain, attributes = [] }: OnnxNode): Bytes {
  return [
    ...inputs.flatMap((one) => text(1, one)),
    ...text(2, output),
    ...text(4, op),
    ...attributes.flatMap((one) => bytes(5, one)),
    ...(domain === undefined ? [] : text(7, domain)),
  ];
}

/** AttributeProto: name 1, i 3, ints 8, type 20 (INT 2, INTS 7). */
const integer = (name: string, value: number): Bytes => [
  ...text(1, name),
  ...number(3, value),
  ...number(20, 2),
];
const integers = (name: string, values: readonly number[]): Bytes => [
  ...text(1, name),
  ...values.flatMap((one) => number(8, one)),
  ...number(20, 7),
];

interface Tail {
  readonly nodes: readonly OnnxNode[];
  readonly outputs: readonly Bytes[];
}

/** What follows the sum `z`: of two columns or more the softmax gives the classes. */
function tail(output: NonNullable<OnnxOptions['output']>): Tail {
  const sigmoid: OnnxNode = { op: 'Sigmoid', inputs: ['z'], output: 'p' };
  const softmax: OnnxNode = {
    op: 'Softmax',
    inputs: ['z'],
    output: 'probabilities',
    attributes: [integer('axis', 1)],
  };
  const label: OnnxNode = {
    op: 'ArgMax',
    inputs: ['probabilities'],
    output: 'label',
    attributes: [integer('axis', 1), integer('keepdims', 0)],
  };
  const labels = valueInfo('label', tensorType('int64', ['rows']));
  const table = (width: number): Bytes => valueInfo('probabilities', tensorType('float', ['rows', width]));
  switch (output) {
    case 'column':
      return { nodes: [sigmoid], outputs: [valueInfo('p', tensorType('float', ['rows', 1]))] };
    case 'vector':
      return {
        nodes: [sigmoid, { op: 'Reshape', inputs: ['p', 'flat'], output: 'v' }],
        outputs: [valueInfo('v', tensorType('float', ['rows']))],
      };
    case 'linear':
      return { nodes: [], outputs: [valueInfo('z', tensorType('float', ['rows', 1]))] };
    case 'classes':
      return { nodes: [softmax, label], outputs: [labels, table(2)] };
    case 'classes3':
      return { nodes: [softmax, label], outputs: [labels, table(3)] };
    case 'zipmap': {
      const attributes = [integers('classlabels_int64s', [0, 1])];
      const zip: OnnxNode = {
        op: 'ZipMap',
        inputs: ['probabilities'],
        output: 'maps',
        domain: 'ai.onnx.ml',
        attributes,
      };
      return { nodes: [softmax, label, zip], outputs: [labels, valueInfo('maps', listOfMaps)] };
    }
  }
}

const widths = { column: 1, vector: 1, linear: 1, classes: 2, classes3: 3, zipmap: 2 } as const;

/** ModelProto: ir_version 1, graph 7, opset_import 8 (domain 1, version 2). GraphProto: node 1, name 2, initializer 5, input 11, output 12. */
export function onnxFile(options: OnnxOptions): Uint8Array {
  const { weights, bias = 0, output = 'column', missingAs, inputType = 'float' } = options;
  const width = widths[output];
  // All columns but the last are 0, so that the softmax of two is the sigmoid.
  const lastOf = (value: number): readonly number[] => [...Array.from({ length: width - 1 }, () => 0), value];
  const end = tail(output);
  const filled: readonly OnnxNode[] = [
    { op: 'IsNaN', inputs: ['x'], output: 'missing' },
    { op: 'Where', inputs: ['missing', 'instead', 'x'], output: 'filled' },
  ];
  const nodes: readonly OnnxNode[] = [
    ...(missingAs === undefined ? [] : filled),
    {
      op: 'Cast',
      inputs: [missingAs === undefined ? 'x' : 'filled'],
      output: 'f',
      attributes: [integer('to', 1)],
    },
    { op: 'Gemm', inputs: ['f', 'w', 'b'], output: 'z' },
    ...end.nodes,
  ];
  const initializers = [
    floats('w', [weights.length, width], weights.flatMap(lastOf)),
    floats('b', [width], lastOf(bias)),
    ...(missingAs === undefined ? [] : [floats('instead', [], [missingAs])]),
    ...(output === 'vector' ? [tensor('flat', [1], BigInt64Array.of(-1n))] : []),
  ];
  const dims = [options.rows ?? 'rows', options.isOpenWidth === true ? 'width' : weights.length];
  const inputs = [valueInfo('x', tensorType(inputType, dims))];
  if (options.hasSecondInput === true) inputs.push(valueInfo('y', tensorType('float', ['rows', 1])));
  const graph = [
    ...nodes.flatMap((one) => bytes(1, node(one))),
    ...text(2, 'test'),
    ...initializers.flatMap((one) => bytes(5, one)),
    ...inputs.flatMap((one) => bytes(11, one)),
    ...end.outputs.flatMap((one) => bytes(12, one)),
  ];
  const opsets = [
    bytes(8, [...text(1, ''), ...number(2, 13)]),
    bytes(8, [...text(1, 'ai.onnx.ml'), ...number(2, 1)]),
  ];
  return Uint8Array.from([...number(1, 8), ...bytes(7, graph), ...opsets.flat()]);
}
