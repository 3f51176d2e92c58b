// Logistic models as SQL. The inputs of all models become one array a row, of which each offer takes an inner product with its
// weights: that is some ten times as fast as an expression an offer. Categories of many levels add a weight looked up by code.
import type { CategoricalFeature, LogisticModel, NumericFeature } from '../model/logistic-model.js';
import { double, list, name, text } from '../sql.js';
import type { PlannedOffer } from './ranking-plan.js';

/** Categories of up to so many levels are inputs, one a level; a look-up costs about as much as this many inputs. */
const MOST_INPUT_LEVELS = 16;

/** What the scoring of all offers shares. */
export interface FeatureLayout {
  /** Base columns of numbers: inputs in this order, then their missing indicators in the same order. */
  readonly numbers: readonly string[];
  /** Base columns of categories with few levels: an input a level after those of the numbers, and one for missing. */
  readonly few: ReadonlyMap<string, { readonly levels: readonly string[]; readonly firstInput: number }>;
  /** Base columns of categories with many levels: codes `_code_0`, ... in this order. */
  readonly many: ReadonlyMap<string, readonly string[]>;
  /** Length of the array `_x`. */
  readonly inputs: number;
}

/** @param baseNameOf the base column of a feature of an offer */
export function featureLayout(
  offers: readonly PlannedOffer[],
  baseNameOf: (column: string, offer: PlannedOffer) => string,
): FeatureLayout {
  const numbers = new Set<string>();
  const categories = new Map<string, Set<string>>();
  for (const offer of offers) {
    if (offer.propensity.kind !== 'logistic') continue;
    for (const feature of offer.propensity.logistic.features) {
      const column = baseNameOf(feature.column, offer);
      if (feature.kind === 'numeric') numbers.add(column);
      else {
        const mine = categories.get(column) ?? new Set<string>();
        for (const { level } of feature.levels) mine.add(level);
        categories.set(column, mine);
      }
    }
  }
  const few = new Map<string, { readonly levels: readonly string[]; readonly firstInput: number }>();
  const many = new Map<string, readonly string[]>();
  let inputs = 2 * numbers.size;
  for (const [column, mine] of categories) {
    const levels = [...mine].toSorted();
    if (levels.length > MOST_INPUT_LEVELS) many.set(column, levels);
    else {
      few.set(column, { levels, firstInput: inputs });
      inputs += levels.length + 1;
    }
  }
  return { numbers: [...numbers], few, many, inputs };
}

/** Columns `_x` (DOUBLE[n]) and `_code_0`, ... to be selected beside the base table. */
export function featureColumns({ numbers, few, many, inputs }: FeatureLayout): readonly string[] {
  const columns: string[] = [];
  if (inputs > 0) {
    const values = [
      ...numbers.map((column) => `coalesce(${name(column)}::DOUBLE, 0)`),
      ...numbers.map((column) => `(${name(column)} IS NULL)::DOUBLE`),
      ...[...few].flatMap(([column, { levels }]) => [
        ...levels.map((level) => `coalesce((${name(column)}::VARCHAR = ${text(level)})::DOUBLE, 0)`),
        `(${name(column)} IS NULL)::DOUBLE`,
      ]),
    ];
    columns.push(`list_value(${list(values)})::DOUBLE[${inputs}] AS _x`);
  }
  let index = 0;
  for (const [column, levels] of many) {
    const position = `list_position([${list(levels.map(text))}], ${name(column)}::VARCHAR)`;
    columns.push(
      `CASE WHEN ${name(column)} IS NULL THEN 1 ELSE 2 + coalesce(${position}, 0) END AS _code_${index}`,
    );
    index += 1;
  }
  return columns;
}

/** The propensity of a logistic model, as SQL over the base table with `featureColumns`. */
export function logisticSql(
  model: LogisticModel,
  layout: FeatureLayout,
  baseNameOf: (column: string) => string,
): string {
  const { slope, intercept } = model.calibration;
  const weights = new Array<number>(layout.inputs).fill(0);
  let constant = slope * model.intercept + intercept;
  const terms: string[] = [];
  for (const feature of model.features) {
    const column = baseNameOf(feature.column);
    if (feature.kind === 'numeric') {
      const at = layout.numbers.indexOf(column);
      const { weight, shift, missing } = numericWeights(feature, slope);
      weights[at] = weight;
      // A missing value stands in the array as 0: its indicator takes the shift of the mean back.
      weights[layout.numbers.length + at] = missing - shift;
      constant += shift;
      continue;
    }
    const few = layout.few.get(column);
    if (few === undefined) terms.push(categoryTerm(feature, slope, { layout, column }));
    else {
      const own = levelWeights(feature, slope);
      few.levels.forEach((level, at) => (weights[few.firstInput + at] = own.get(level) ?? 0));
      weights[few.firstInput + few.levels.length] = slope * feature.missingCoefficient;
    }
  }
  if (weights.some((weight) => weight !== 0)) {
    terms.unshift(`array_inner_product(_x, [${list(weights.map(double))}]::DOUBLE[${layout.inputs}])`);
  }
  const logit = [double(constant), ...terms].join(' + ');
  return `1 / (1 + exp(-(${logit})))`;
}

function levelWeights(feature: CategoricalFeature, slope: number): ReadonlyMap<string, number> {
  return new Map(feature.levels.map(({ level, coefficient }) => [level, slope * coefficient]));
}

function numericWeights(
  { coefficient, mean, standardDeviation, missingCoefficient }: NumericFeature,
  slope: number,
): { readonly weight: number; readonly shift: number; readonly missing: number } {
  const weight = (slope * coefficient) / standardDeviation;
  return { weight, shift: -weight * mean, missing: slope * missingCoefficient };
}

/** Codes: 1 is missing, 2 a level that no model knows, then the levels. A level that this model does not know adds 0. */
function categoryTerm(
  feature: CategoricalFeature,
  slope: number,
  { layout, column }: { readonly layout: FeatureLayout; readonly column: string },
): string {
  const own = levelWeights(feature, slope);
  const levels = layout.many.get(column) ?? [];
  const weights = [slope * feature.missingCoefficient, 0, ...levels.map((level) => own.get(level) ?? 0)];
  const code = `_code_${[...layout.many.keys()].indexOf(column)}`;
  return `list_extract([${list(weights.map(double))}], ${code})`;
}
