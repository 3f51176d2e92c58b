// A fit as the plain data that is written to a file.
import type { LogisticModel, ModelFeature } from '../model/logistic-model.js';
import type { CoefficientRow } from '../report/model-report.js';
import { shortNumber } from './drift.js';
import type { Encoding } from './encoding.js';
import type { Scaling } from './platt.js';
import type { TableColumn } from './training-table.js';

export interface ModelParts {
  /** The order that the features are written in. */
  readonly columns: readonly TableColumn[];
  readonly encoding: Encoding;
  readonly weights: Float64Array;
  readonly scaling: Scaling;
  /** Added to the calibrated logits: the prior correction, or 0. */
  readonly shift: number;
}

export function buildModel({ columns, encoding, weights, scaling, shift }: ModelParts): LogisticModel {
  const features = columns.flatMap((column) => featureOf(column, encoding, weights));
  const intercept = (weights[encoding.interceptTerm] ?? 0) + shift / scaling.slope;
  return { intercept, features, calibration: { slope: scaling.slope, intercept: scaling.intercept } };
}

function featureOf(column: TableColumn, encoding: Encoding, weights: Float64Array): readonly ModelFeature[] {
  const weightOf = (term: number): number => (term < 0 ? 0 : (weights[term] ?? 0));
  if (column.kind === 'numeric') {
    const at = encoding.numerics.findIndex(({ source }) => source === column);
    const found = encoding.numerics[at];
    if (found === undefined) return [];
    return [
      {
        kind: 'numeric',
        column: column.column,
        mean: found.mean,
        standardDeviation: found.standardDeviation,
        coefficient: weightOf(at),
        missingCoefficient: weightOf(found.missingTerm),
      },
    ];
  }
  const found = encoding.categoricals.find(({ source }) => source === column);
  if (found === undefined) return [];
  const levels = column.levels.flatMap((level, code) => {
    const term = found.termOfCode[code] ?? -1;
    return term < 0 ? [] : [{ level, coefficient: weightOf(term), rows: found.rowsOfCode[code] ?? 0 }];
  });
  return [
    { kind: 'categorical', column: column.column, levels, missingCoefficient: weightOf(found.missingTerm) },
  ];
}

/** The largest effect first. A coefficient that is exactly 0, such as that of "missing" where nothing was, is left out. */
export function coefficientRows(model: LogisticModel): readonly CoefficientRow[] {
  return model.features
    .flatMap((feature) =>
      [
        ...(feature.kind === 'numeric'
          ? [
              [
                `${feature.column} (per ${shortNumber(feature.standardDeviation)})`,
                feature.coefficient,
              ] as const,
            ]
          : feature.levels.map(
              ({ level, coefficient }) => [`${feature.column} = ${level}`, coefficient] as const,
            )),
        [`${feature.column} missing`, feature.missingCoefficient] as const,
      ].map(([name, coefficient]) => ({
        name,
        column: feature.column,
        coefficient,
        oddsRatio: Math.exp(coefficient),
      })),
    )
    .filter(({ coefficient }) => coefficient !== 0)
    .sort((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient) || (a.name < b.name ? -1 : 1));
}
