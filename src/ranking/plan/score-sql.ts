// Scoring one range of customers: gates, propensity, value, expected value, caps and the best K, in one set-based statement.
//
// Expected values are compared as whole numbers, so that ties and order are the same everywhere: the expected value in units of
// 0.00001, times 512, plus 511 less the place of the offer in the configured order. All of it stays below 2^53, where a DOUBLE is
// exact; that bounds the offers of a partner at 512 and the expected values that are told apart at 10,000,000.
import { list, name, text } from '../sql.js';
import { baseName } from '../rules/columns.js';
import type { PlanColumn } from '../rules/columns.js';
import { featureColumns, featureLayout, logisticSql } from './feature-sql.js';
import { gateCode, gatesOf } from './gate-sql.js';
import type { PlannedOffer, RankingPlan } from './ranking-plan.js';

export const MAX_RANKED_OFFERS = 512;
const SLOTS = MAX_RANKED_OFFERS;
const UNITS = 1e5;
const MOST_EXPECTED = 1e7;
/** Puts mandatory offers ahead of all others; 2^52, above the greatest key of an offer that is not. */
const MANDATORY = 2 ** 52;
const MOST_VALUE = 1_000_000;

export interface ScoreOptions {
  /** The rate of an offer of kind `rate`, by index. */
  readonly rates: ReadonlyMap<number, number>;
  /** The columns of an offer by name, for features of models. */
  readonly columns: ReadonlyMap<string, PlanColumn>;
  /** Offers of kind `onnx` have their propensities in the table `onnx_scores`, columns `_cid`, `_p_INDEX`. */
  readonly hasOnnx: boolean;
  /** Scores every offer for everybody, as if no gate stopped: for showing why. */
  readonly ignoresGates?: boolean;
}

/**
 * The statement that makes `scored` of the rows of `base` that `where` chooses: `_cid`, `customer`, `_number`, `_phones`, `_flags`,
 * `_service_offers`; for each offer `_g_I` (gate code, 0: ranked) and `_p_I` (FLOAT, null for who may not be made the offer);
 * for each rank `_o_K` (offer index), `_q_K` (propensity), `_w_K` (value), `_x_K` (expected value with its factors).
 */
export function scoreSql(plan: RankingPlan, where: string, options: ScoreOptions): string {
  return [
    'CREATE OR REPLACE TEMP TABLE scored AS',
    finalSelect(plan),
    `FROM (${ranked(plan, capped(plan, keyed(plan, valued(plan, gated(plan, where, options), options))))})`,
  ].join('\n');
}

const all = <T>(plan: RankingPlan, one: (offer: PlannedOffer, index: number) => T): readonly T[] =>
  plan.offers.map((offer) => one(offer, offer.index));

function layoutOf(plan: RankingPlan, columns: ReadonlyMap<string, PlanColumn>) {
  return featureLayout(plan.offers, (column, offer) => featureName(column, offer.index, columns));
}

function featureName(column: string, offer: number, columns: ReadonlyMap<string, PlanColumn>): string {
  const known = columns.get(column);
  return known === undefined ? column : baseName(known, offer);
}

/** `_g_I`: the first gate that stops, before any score. */
function gated(plan: RankingPlan, where: string, options: ScoreOptions): string {
  const { columns, hasOnnx, ignoresGates = false } = options;
  const gates = all(plan, (offer, index) => {
    const gates = ignoresGates ? [] : gatesOf(plan, offer);
    const cases = gates.map(({ gate, stops }) => `WHEN ${stops} THEN ${gateCode(gate)}`);
    return `(${cases.length === 0 ? '0' : `CASE ${cases.join(' ')} ELSE 0 END`})::UTINYINT AS _g_${index}`;
  });
  const onnx = hasOnnx ? ' LEFT JOIN onnx_scores USING (_cid)' : '';
  const selected = ['*', ...featureColumns(layoutOf(plan, columns)), ...gates];
  return `SELECT ${list(selected)} FROM (SELECT * FROM base${onnx} WHERE ${where})`;
}

/** `_p_I` and `_v_I`, for those who may be made the offer. */
function valued(plan: RankingPlan, from: string, { rates, columns }: ScoreOptions): string {
  const layout = layoutOf(plan, columns);
  const scores = all(plan, (offer, index) => {
    const { propensity } = offer;
    if (propensity.kind === 'onnx') return `CASE WHEN _g_${index} = 0 THEN _onnx_${index} END AS _p_${index}`;
    const sql =
      propensity.kind === 'rate'
        ? `${rates.get(index) ?? 0}::DOUBLE`
        : logisticSql(propensity.logistic, layout, (column) => featureName(column, index, columns));
    return `CASE WHEN _g_${index} = 0 THEN ${sql} END AS _p_${index}`;
  });
  const values = all(
    plan,
    (offer, index) =>
      `CASE WHEN _g_${index} = 0 THEN least(greatest(coalesce(${offer.value.sql}, 0), 0), ${MOST_VALUE})::DOUBLE END AS _v_${index}`,
  );
  const excluded = layout.numbers.length > 0 ? ' EXCLUDE (_x)' : '';
  return `SELECT *${excluded}, ${list([...scores, ...values])} FROM (${from})`;
}

/** `_e_I`: expected value with its factors; `_s_I`: what is compared, null for who may not be made the offer. */
function keyed(plan: RankingPlan, from: string): string {
  const expected = all(plan, (offer, index) => {
    const factor = offer.factor === 1 ? '' : ` * ${offer.factor}::DOUBLE`;
    return `_p_${index} * _v_${index}${factor} AS _e_${index}`;
  });
  const keys = all(plan, (offer, index) => {
    const bonus = offer.isMandatory ? ` + ${MANDATORY}::DOUBLE` : '';
    const key = `round(least(_e_${index}, ${MOST_EXPECTED}) * ${UNITS}) * ${SLOTS} + ${SLOTS - 1 - index}${bonus}`;
    const isEnough = offer.isMandatory
      ? `_e_${index} IS NOT NULL`
      : `_e_${index} >= ${plan.minExpectedValue}`;
    return `CASE WHEN ${isEnough} THEN ${key} END AS _s_${index}`;
  });
  return `SELECT *, ${list(keys)} FROM (SELECT *, ${list(expected)} FROM (${from}))`;
}

/** `_t_I`: the keys that are left when no family has more than its cap. */
function capped(plan: RankingPlan, from: string): string {
  const { maxPerFamily } = plan;
  const families = new Map<string, number[]>();
  for (const { family, index } of plan.offers) families.set(family, [...(families.get(family) ?? []), index]);
  const crowded =
    maxPerFamily === undefined ? [] : [...families.values()].filter((one) => one.length > maxPerFamily);
  // The least key that a family may keep is its N-th greatest.
  let sql = from;
  const floors = new Map<number, string>();
  crowded.forEach((offers, family) => {
    for (let nth = 0; nth < (maxPerFamily ?? 0); nth++) {
      const keys = offers.map((index) =>
        nth === 0 ? `_s_${index}` : `CASE WHEN _s_${index} < _f_${family}_${nth - 1} THEN _s_${index} END`,
      );
      sql = `SELECT *, greatest(${list(keys)}) AS _f_${family}_${nth} FROM (${sql})`;
    }
    for (const index of offers) floors.set(index, `_f_${family}_${(maxPerFamily ?? 1) - 1}`);
  });
  const kept = all(plan, (_, index) => {
    const floor = floors.get(index);
    // Without an N-th offer the family is not full, and there is no floor.
    const isOver = floor === undefined ? undefined : `_s_${index} < ${floor}`;
    return isOver === undefined
      ? `_s_${index} AS _t_${index}`
      : `CASE WHEN ${isOver} THEN NULL ELSE _s_${index} END AS _t_${index}`;
  });
  return `SELECT *, ${list(kept)} FROM (${sql})`;
}

/** `_m_K`: the K greatest keys, one after the other. */
function ranked(plan: RankingPlan, from: string): string {
  let sql = from;
  for (let rank = 0; rank < ranksOf(plan); rank++) {
    const keys = all(plan, (_, index) =>
      rank === 0 ? `_t_${index}` : `CASE WHEN _t_${index} < _m_${rank - 1} THEN _t_${index} END`,
    );
    sql = `SELECT *, greatest(${list(keys)}) AS _m_${rank} FROM (${sql})`;
  }
  return sql;
}

/** Ranks that there can be. */
export function ranksOf(plan: RankingPlan): number {
  return Math.min(plan.topK, plan.offers.length);
}

function finalSelect(plan: RankingPlan): string {
  const last = ranksOf(plan) - 1;
  const gates = all(plan, (_, index) => {
    const cases = [
      `WHEN _g_${index} <> 0 THEN _g_${index}`,
      `WHEN _s_${index} IS NULL THEN ${gateCode('min-value')}`,
      `WHEN _t_${index} IS NULL THEN ${gateCode('family-cap')}`,
      `WHEN _t_${index} < _m_${last} THEN ${gateCode('top-k')}`,
    ];
    return `(CASE ${cases.join(' ')} ELSE 0 END)::UTINYINT AS _g_${index}`;
  });
  const lists = ['p', 'v', 'e'].map((kind) => list(all(plan, (_, index) => `_${kind}_${index}`)));
  const ranks = Array.from({ length: last + 1 }, (_, rank) => {
    const place = `(${SLOTS} - (_m_${rank} % ${SLOTS})::INTEGER)`;
    return [
      `(${place} - 1)::SMALLINT AS _o_${rank}`,
      ...['q', 'w', 'x'].map(
        (kind, at) => `list_extract([${lists[at] ?? ''}], ${place}) AS _${kind}_${rank}`,
      ),
    ];
  });
  return `SELECT ${list([
    '_cid, customer, _number, _phones, _flags, _service_offers',
    ...gates,
    ...all(plan, (_, index) => `_p_${index}::FLOAT AS _p_${index}`),
    ...ranks.flat(),
  ])}`;
}

/** The full ranking table as it is kept: readable names, gates as codes (0: ranked, else the place in GATES from 1). */
export function tableSql(plan: RankingPlan): string {
  const ranks = Array.from({ length: ranksOf(plan) }, (_, rank) => rank);
  const codes = `[${list(plan.offers.map((one) => text(one.offer)))}]`;
  const offers = ranks.map((rank) => `list_extract(${codes}, _o_${rank} + 1)`);
  const columns = [
    'customer',
    '_flags AS flags',
    ...offers.map((sql, rank) => `${sql} AS offer_${rank + 1}`),
    ...ranks.map((rank) => `_q_${rank} AS propensity_${rank + 1}`),
    ...ranks.map((rank) => `_w_${rank} AS value_${rank + 1}`),
    ...ranks.map((rank) => `_x_${rank} AS expected_value_${rank + 1}`),
    ...plan.offers.map(({ offer, index }) => `_g_${index} AS ${name(`gate.${offer}`)}`),
    ...plan.offers.map(({ offer, index }) => `_p_${index} AS ${name(`propensity.${offer}`)}`),
  ];
  return `SELECT ${list(columns)} FROM scored`;
}
