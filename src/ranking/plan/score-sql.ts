// Scoring one range of customers: gates, propensity, value, expected value, caps and the best K, in one set-based statement.
//
// Offers are compared by keys that are whole numbers, so that ties and order are the same everywhere: the expected value in units
// of 0.00001, times 512, plus 512 less the place of the offer in the configured order; 0 for an offer that may not be made. All of
// it stays below 2^53, where a DOUBLE is exact; that bounds the offers of a partner at 512 and the expected values that are told
// apart at 10,000,000. No key is null and few expressions choose rows: DuckDB is several times faster without either.
import { double, list, name, text } from '../sql.js';
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
/** The greatest value that a strategy can hold; what is above counts as this. */
export const MOST_VALUE = 1_000_000;

export interface ScoreOptions {
  /** The rate of an offer of kind `rate`, by index. */
  readonly rates: ReadonlyMap<number, number>;
  /** The columns of an offer by name, for features of models. */
  readonly columns: ReadonlyMap<string, PlanColumn>;
  /** Offers of kind `onnx` have their propensities in the table `onnx_scores`, columns `_cid`, `_onnx_INDEX`. */
  readonly hasOnnx: boolean;
  /** Scores every offer for everybody, as if no gate stopped: for showing why. */
  readonly ignoresGates?: boolean;
}

/**
 * The statement that makes `scored` of the rows of `base`: `_cid`, `customer`, `_number` (0: none), `_flags`,
 * `_service_offers`; for each offer `_g_I` (gate code, 0: ranked) and `_p_I` (FLOAT, null for who may not be made the offer);
 * for each rank `_o_K` (offer index, null where there is none), `_q_K` (propensity), `_w_K` (value).
 */
export function scoreSql(plan: RankingPlan, options: ScoreOptions): string {
  const floors = familyFloors(plan);
  const keys = keyed(plan, valued(plan, gated(plan, options), options));
  return [
    'CREATE OR REPLACE TABLE scored AS',
    finalSelect(plan, floors),
    `FROM (${ranked(plan, floors, withFloors(floors, keys))})`,
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
function gated(plan: RankingPlan, options: ScoreOptions): string {
  const { columns, hasOnnx, ignoresGates = false } = options;
  const gates = all(plan, (offer, index) => {
    const gates = ignoresGates ? [] : gatesOf(plan, offer);
    const cases = gates.map(({ gate, stops }) => `WHEN ${stops} THEN ${gateCode(gate)}`);
    return `(${cases.length === 0 ? '0' : `CASE ${cases.join(' ')} ELSE 0 END`})::UTINYINT AS _g_${index}`;
  });
  const onnx = hasOnnx ? ' LEFT JOIN onnx_scores USING (_cid)' : '';
  const selected = ['*', ...featureColumns(layoutOf(plan, columns)), ...gates];
  return `SELECT ${list(selected)} FROM base${onnx}`;
}

/** `_p_I`, and `_v_I` where the value is not the same for everybody. */
function valued(plan: RankingPlan, from: string, { rates, columns }: ScoreOptions): string {
  const layout = layoutOf(plan, columns);
  const scores = all(plan, ({ propensity }, index) => {
    if (propensity.kind === 'onnx') return `_onnx_${index} AS _p_${index}`;
    const sql =
      propensity.kind === 'rate'
        ? double(rates.get(index) ?? 0)
        : logisticSql(propensity.logistic, layout, (column) => featureName(column, index, columns));
    return `${sql} AS _p_${index}`;
  });
  const values = plan.offers.flatMap(({ value, index }) =>
    value.constant === undefined
      ? [`least(greatest(coalesce(${value.sql}, 0), 0), ${MOST_VALUE})::DOUBLE AS _v_${index}`]
      : [],
  );
  const excluded = layout.inputs > 0 ? ' EXCLUDE (_x)' : '';
  return `SELECT *${excluded}, ${list([...scores, ...values])} FROM (${from})`;
}

/** `_e_I`: expected value with its factors; `_s_I`: the key. */
function keyed(plan: RankingPlan, from: string): string {
  const expected = all(plan, ({ factor, value }, index) => {
    const worth =
      value.constant === undefined ? `_v_${index} * ${double(factor)}` : double(value.constant * factor);
    return `_p_${index} * ${worth} AS _e_${index}`;
  });
  const keys = all(plan, ({ isMandatory, value, factor }, index) => {
    const isSmall = value.constant !== undefined && value.constant * factor <= MOST_EXPECTED;
    const bounded = isSmall ? `_e_${index}` : `least(_e_${index}, ${double(MOST_EXPECTED)})`;
    const place = SLOTS - index + (isMandatory ? MANDATORY : 0);
    const isEnough = isMandatory ? '' : ` AND _e_${index} >= ${double(plan.minExpectedValue)}`;
    return `CASE WHEN _g_${index} = 0${isEnough} THEN round(${bounded} * ${double(UNITS)}) * ${double(SLOTS)} + ${double(place)} ELSE 0.0::DOUBLE END AS _s_${index}`;
  });
  return `SELECT *, ${list(keys)} FROM (SELECT *, ${list(expected)} FROM (${from}))`;
}

/** A product family with more offers than its cap: its greatest keys, `_f_FAMILY_NTH`, the last of which is what a key must reach. */
interface FamilyFloor {
  readonly family: number;
  readonly offers: readonly number[];
  readonly cap: number;
}

function familyFloors({ maxPerFamily, offers }: RankingPlan): readonly FamilyFloor[] {
  if (maxPerFamily === undefined) return [];
  const families = new Map<string, number[]>();
  for (const { family, index } of offers) families.set(family, [...(families.get(family) ?? []), index]);
  return [...families.values()]
    .filter((one) => one.length > maxPerFamily)
    .map((mine, family) => ({ family, offers: mine, cap: maxPerFamily }));
}

function withFloors(floors: readonly FamilyFloor[], from: string): string {
  const cap = floors[0]?.cap ?? 0;
  let sql = from;
  for (let nth = 0; nth < cap; nth++) {
    const greatest = floors.map(
      ({ family, offers }) =>
        `${greatestBelow(
          offers.map((index) => `_s_${index}`),
          nth === 0 ? undefined : `_f_${family}_${nth - 1}`,
        )} AS _f_${family}_${nth}`,
    );
    sql = `SELECT *, ${list(greatest)} FROM (${sql})`;
  }
  return sql;
}

/** The greatest of some keys, or the greatest that is below another; 0 when there is none. */
function greatestBelow(keys: readonly string[], below: string | undefined): string {
  const left =
    below === undefined
      ? keys
      : keys.map((key) => `CASE WHEN ${key} < ${below} THEN ${key} ELSE 0.0::DOUBLE END`);
  return `greatest(${list(left)})`;
}

/** `_m_K`: the K greatest keys, one after the other. Of a family with a cap its greatest keys are all that can be among them. */
function ranked(plan: RankingPlan, floors: readonly FamilyFloor[], from: string): string {
  const capped = new Set(floors.flatMap((one) => one.offers));
  const keys = [
    ...plan.offers.filter((one) => !capped.has(one.index)).map((one) => `_s_${one.index}`),
    ...floors.flatMap(({ family, cap }) => Array.from({ length: cap }, (_, nth) => `_f_${family}_${nth}`)),
  ];
  let sql = from;
  for (let rank = 0; rank < ranksOf(plan); rank++) {
    sql = `SELECT *, ${greatestBelow(keys, rank === 0 ? undefined : `_m_${rank - 1}`)} AS _m_${rank} FROM (${sql})`;
  }
  return sql;
}

/** Ranks that there can be. */
export function ranksOf(plan: RankingPlan): number {
  return Math.min(plan.topK, plan.offers.length);
}

function finalSelect(plan: RankingPlan, floors: readonly FamilyFloor[]): string {
  const last = ranksOf(plan) - 1;
  const floorOf = new Map(
    floors.flatMap(({ family, offers, cap }) =>
      offers.map((index) => [index, `_f_${family}_${cap - 1}`] as const),
    ),
  );
  const gates = all(plan, (_, index) => {
    const floor = floorOf.get(index);
    const cases = [
      `WHEN _g_${index} <> 0 THEN _g_${index}`,
      `WHEN _s_${index} = 0 THEN ${gateCode('min-value')}::UTINYINT`,
      ...(floor === undefined
        ? []
        : [`WHEN _s_${index} < ${floor} THEN ${gateCode('family-cap')}::UTINYINT`]),
      `WHEN _s_${index} < _m_${last} THEN ${gateCode('top-k')}::UTINYINT`,
    ];
    return `CASE ${cases.join(' ')} ELSE 0::UTINYINT END AS _g_${index}`;
  });
  const propensities = list(all(plan, (_, index) => `_p_${index}`));
  const values = list(
    all(plan, ({ value }, index) => (value.constant === undefined ? `_v_${index}` : double(value.constant))),
  );
  const ranks = Array.from({ length: last + 1 }, (_, rank) => {
    // Offers from 1; nothing where there is no such rank.
    const place = `(CASE WHEN _m_${rank} > 0 THEN ${SLOTS + 1} - ((_m_${rank} - 1) % ${SLOTS} + 1)::INTEGER END)`;
    return [
      `(${place} - 1)::SMALLINT AS _o_${rank}`,
      `list_extract([${propensities}], ${place}) AS _q_${rank}`,
      `list_extract([${values}], ${place}) AS _w_${rank}`,
    ];
  });
  return `SELECT ${list([
    '_cid, customer, _number, _flags, _service_offers',
    ...gates,
    ...all(plan, (_, index) => `CASE WHEN _g_${index} = 0 THEN _p_${index}::FLOAT END AS _p_${index}`),
    ...ranks.flat(),
  ])}`;
}

/** The expected value of a rank of `scored`, with the factors of its offer. */
export function expectedSql(plan: RankingPlan, rank: number): string {
  const product = `_q_${rank} * _w_${rank}`;
  if (plan.offers.every((one) => one.factor === 1)) return product;
  return `${product} * list_extract([${list(plan.offers.map((one) => double(one.factor)))}], _o_${rank} + 1)`;
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
    ...ranks.map((rank) => `${expectedSql(plan, rank)} AS expected_value_${rank + 1}`),
    ...plan.offers.map(({ offer, index }) => `_g_${index} AS ${name(`gate.${offer}`)}`),
    ...plan.offers.map(({ offer, index }) => `_p_${index} AS ${name(`propensity.${offer}`)}`),
  ];
  return `SELECT ${list(columns)} FROM scored`;
}
