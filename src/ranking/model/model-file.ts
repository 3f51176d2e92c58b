// DATA/models/ID.json: read as what it is, a file that anybody may have edited.
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { ModelError } from '../errors.js';
import type { ModelFile } from './logistic-model.js';

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 0 });
const ColumnName = Type.String({ minLength: 1, maxLength: 200 });

const NumericSchema = Type.Object(
  {
    kind: Type.Literal('numeric'),
    column: ColumnName,
    mean: Type.Number(),
    standardDeviation: Type.Number({ exclusiveMinimum: 0 }),
    coefficient: Type.Number(),
    missingCoefficient: Type.Number(),
  },
  closed,
);

const CategoricalSchema = Type.Object(
  {
    kind: Type.Literal('categorical'),
    column: ColumnName,
    levels: Type.Array(
      Type.Object({ level: Type.String(), coefficient: Type.Number(), rows: Count }, closed),
    ),
    missingCoefficient: Type.Number(),
  },
  closed,
);

const featureSchemas = { numeric: NumericSchema, categorical: CategoricalSchema } as const;

const TrainingSchema = Type.Object(
  {
    trainedAt: Type.String(),
    rows: Count,
    positives: Count,
    from: Type.String(),
    until: Type.String(),
    dataHash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    penalty: Type.Number({ exclusiveMinimum: 0 }),
    droppedColumns: Type.Array(Type.String()),
    populationRate: Type.Optional(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 })),
  },
  closed,
);

/** Features are checked one by one, by their kind. */
const ModelFileSchema = Type.Object(
  {
    format: Type.Literal('proffer-model'),
    version: Type.Literal(1),
    kind: Type.Literal('logistic'),
    model: Type.String({ minLength: 1 }),
    partner: Type.String({ minLength: 1 }),
    training: TrainingSchema,
    intercept: Type.Number(),
    features: Type.Array(Type.Unknown(), { minItems: 1 }),
    calibration: Type.Object(
      { slope: Type.Number({ exclusiveMinimum: 0 }), intercept: Type.Number() },
      closed,
    ),
  },
  closed,
);

export interface ExpectedModel {
  /** How errors call the file. */
  readonly file: string;
  readonly model: string;
  readonly partner: string;
}

/** @throws ModelError naming the file, the field and what is wrong with it */
export function parseModelFile(text: string, expected: ExpectedModel): ModelFile {
  const refuse = (field: string, problem: string): never => {
    throw new ModelError(expected.model, `${expected.file}: ${field === '' ? '' : `${field} `}${problem}`);
  };
  const content = parsed(text, refuse);
  checkVersion(content, refuse);
  check(ModelFileSchema, content, { prefix: '', refuse });
  const file = content as ModelFile;
  for (const [index, feature] of file.features.entries()) checkFeature(feature, index, refuse);
  for (const key of ['model', 'partner'] as const) {
    if (file[key] !== expected[key])
      refuse(key, `is ${file[key]}, not ${expected[key]}; was the file renamed?`);
  }
  const columns = file.features.map(({ column }) => column);
  const twice = columns.findIndex((column, index) => columns.indexOf(column) !== index);
  if (twice >= 0) refuse(`features[${twice}].column`, `${columns[twice] ?? ''} is there twice`);
  return file;
}

type Refuse = (field: string, problem: string) => never;

function parsed(text: string, refuse: Refuse): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return refuse('', 'is no JSON; proffer train writes it anew');
  }
}

/** Before all else: the fields of another version would only confuse. */
function checkVersion(content: unknown, refuse: Refuse): void {
  if (
    typeof content !== 'object' ||
    content === null ||
    !('format' in content) ||
    content.format !== 'proffer-model'
  ) {
    refuse('format', 'is not proffer-model: this is no model of proffer train');
  } else if (!('version' in content) || content.version !== 1) {
    refuse('version', 'is not 1: the file is of another version of Proffer; proffer train writes it anew');
  }
}

function checkFeature(feature: unknown, index: number, refuse: Refuse): void {
  const prefix = `features[${index}]`;
  const kind =
    typeof feature === 'object' && feature !== null && 'kind' in feature ? feature.kind : undefined;
  if (kind !== 'numeric' && kind !== 'categorical')
    return refuse(`${prefix}.kind`, 'is neither numeric nor categorical');
  check(featureSchemas[kind], feature, { prefix, refuse });
  if (kind === 'numeric') return;
  const levels = (feature as { readonly levels: readonly { readonly level: string }[] }).levels;
  const seen = new Set<string>();
  for (const [at, { level }] of levels.entries()) {
    if (seen.has(level)) refuse(`${prefix}.levels[${at}].level`, `${level} is there twice`);
    seen.add(level);
  }
}

function check(
  schema: typeof ModelFileSchema | (typeof featureSchemas)[keyof typeof featureSchemas],
  value: unknown,
  { prefix, refuse }: { readonly prefix: string; readonly refuse: Refuse },
): void {
  if (Value.Check(schema, value)) return;
  const error = Value.Errors(schema, value)[0];
  if (error === undefined) return;
  const at = `${prefix}${fieldOf(error.instancePath)}`.replace(/^\./, '');
  if (error.keyword === 'required') refuse(at, `lacks ${error.params.requiredProperties.join(', ')}`);
  // TypeBox tells of the field first, which no schema allows, then of the object that has it.
  if (error.keyword === 'boolean') refuse(at, 'is unknown');
  refuse(at, error.message);
}

/** `/features/2/mean` becomes `.features[2].mean`. */
function fieldOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`))
    .join('');
}
