// Logistic models as SQL. All numeric inputs of all models become one array a row, of which each offer takes an inner product
// with its weights: that is some ten times as fast as an expression an offer. Categories add a weight looked up by code.
import type { CategoricalFeature, LogisticModel, NumericFeature } from '../model/logistic-model.js';
import { double, list, name, text } from '../sql.js';
import type { PlannedOffer } from './ranking-plan.js';

/** What the scoring of all offers shares. */
export interface FeatureLayout {
  /** Base columns of numbers, in the order they have in the array; their missing indicators follow in the same order. */
  readonly numbers: readonly string[];
  /** Base columns of categories, with all levels that any model knows, in order of their names. */
  readonly categories: ReadonlyMap<string, readonly string[]>;
}

/** @param baseNameOf the base column of a feature of an offer */
export function featureLayout(
  offers: readonly PlannedOffer[],
  baseNameOf: (column: string, offer: PlannedOffer) => string,
): FeatureLayout {
  const numbers = new Set<string>();
  const levels = new Map<string, Set<string>>();
  for (const offer of offers) {
    if (offer.propensity.kind !== 'logistic') continue;
    for (const feature of offer.propensity.logistic.features) {
      const column = baseNameOf(feature.column, offer);
      if (feature.kind === 'numeric') numbers.add(column);
      else {
        const mine = levels.get(column) ?? new Set<string>();
        for (const { level } of feature.levels) mine.add(level);
        levels.set(column, mine);
      }
    }
  }
  return {
    numbers: [...numbers],
    categories: new Map([...levels].map(([column, mine]) => [column, [...mine].toSorted()])),
  };
}

/** Columns `_x` (DOUBLE[n]) and `_code_0`, ... to be selected beside the base table. */
export function featureColumns({ numbers, categories }: FeatureLayout): readonly string[] {
  const columns: string[] = [];
  if (numbers.length > 0) {
    const values = numbers.map((column) => `coalesce(${name(column)}::DOUBLE, 0)`);
    const missing = numbers.map((column) => `(${name(column)} IS NULL)::DOUBLE`);
    columns.push(`list_value(${list([...values, ...missing])})::DOUBLE[${2 * numbers.length}] AS _x`);
  }
  let index = 0;
  for (const [column, levels] of categories) {
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
  const count = layout.numbers.length;
  const weights = new Array<number>(2 * count).fill(0);
  let constant = slope * model.intercept + intercept;
  const terms: string[] = [];
  for (const feature of model.features) {
    if (feature.kind === 'numeric') {
      const at = layout.numbers.indexOf(baseNameOf(feature.column));
      const { weight, shift, missing } = numericWeights(feature, slope);
      weights[at] = weight;
      // A missing value stands in the array as 0: its indicator takes the shift of the mean back.
      weights[count + at] = missing - shift;
      constant += shift;
    } else {
      terms.push(categoryTerm(feature, slope, { layout, column: baseNameOf(feature.column) }));
    }
  }
  if (weights.some((weight) => weight !== 0)) {
    terms.unshift(`array_inner_product(_x, [${list(weights.map(double))}]::DOUBLE[${2 * count}])`);
  }
  const logit = [double(constant), ...terms].join(' + ');
  return `1 / (1 + exp(-(${logit})))`;
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
  const own = new Map(feature.levels.map(({ level, coefficient }) => [level, slope * coefficient]));
  const levels = layout.categories.get(column) ?? [];
  const weights = [slope * feature.missingCoefficient, 0, ...levels.map((level) => own.get(level) ?? 0)];
  const code = `_code_${[...layout.categories.keys()].indexOf(column)}`;
  return `list_extract([${list(weights.map(double))}], ${code})`;
}
