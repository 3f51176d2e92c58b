// Everything that a run thinks of one customer: each offer with each gate, the features, propensity, value, expected value, rank.
import { isInControlArm } from '../../decision/index.js';
import type { LogisticModel, ModelFeature } from '../model/logistic-model.js';
import type { Row } from '../database.js';
import { baseSql } from '../plan/base-sql.js';
import { gatesOf } from '../plan/gate-sql.js';
import type { PlannedOffer, RankingPlan } from '../plan/ranking-plan.js';
import { ranksOf, scoreSql } from '../plan/score-sql.js';
import { GATES, GATE_WORDS } from '../report/run-report.js';
import type { RankingGate } from '../report/run-report.js';
import { baseName } from '../rules/columns.js';
import type { NpvComputation } from '../value/npv.js';
import { list, name } from '../sql.js';
import { OnnxScores } from './onnx-scores.js';
import { prepare } from './prepare.js';
import type { Prepared, PrepareOptions } from './prepare.js';
import { controlArmPercent } from './rank-partner.js';

export interface ExplainedGate {
  readonly gate: RankingGate;
  readonly words: string;
  readonly stops: boolean;
}

export interface ExplainedFeature {
  readonly column: string;
  /** As text; null when missing. */
  readonly value: string | null;
  /** What it adds to the logit. */
  readonly contribution: number | null;
}

export interface ExplainedOffer {
  readonly offer: string;
  /** Null when it is ranked; else the first gate that stops it. */
  readonly stoppedBy: RankingGate | null;
  /** From 1. */
  readonly rank: number | null;
  readonly gates: readonly ExplainedGate[];
  readonly features: readonly ExplainedFeature[];
  readonly propensityKind: 'rate' | 'logistic' | 'onnx';
  readonly model: string | null;
  /** As if no gate stopped. */
  readonly propensity: number;
  readonly value: number;
  readonly valueWords: string;
  readonly npv: NpvComputation | null;
  /** contextWeight x lever */
  readonly factor: number;
  readonly expectedValue: number;
}

export interface CustomerExplanation {
  readonly partner: string;
  readonly customer: string;
  readonly at: string;
  readonly phones: number;
  readonly hasServiceAlert: boolean;
  readonly arm: 'offer' | 'control';
  readonly offers: readonly ExplainedOffer[];
}

/** Undefined when the customer is not among the customers. @throws what `prepare` throws */
export async function explainCustomer(
  options: Omit<PrepareOptions, 'sampleShare'> & { readonly customer: string },
): Promise<CustomerExplanation | undefined> {
  const { database, settings, partner, customer } = options;
  const prepared = await prepare({ ...options, sampleShare: 1 });
  const { plan } = prepared;
  if (prepared.customers === 0) return undefined;
  await database.run('explain', baseSql(plan, 1, prepared.lastCid));
  const values = await valuesOf(prepared, options);
  const facts = await gatesAndFeatures(prepared, options);
  const [head] = await database.rows(
    'explain',
    'SELECT CASE WHEN _number = 0 THEN 0 ELSE 1 + (SELECT count(*) FROM extra_phones WHERE cid = _cid) END, _flags FROM base',
  );
  const offers = plan.offers.map((offer) => explained(offer, { values, facts }));
  return {
    partner,
    customer,
    at: new Date(plan.at).toISOString(),
    phones: Number(head?.[0]),
    hasServiceAlert: (Number(head?.[1]) & 2) !== 0,
    arm: isInControlArm(partner, customer, controlArmPercent(settings, partner)) ? 'control' : 'offer',
    offers,
  };
}

interface Values {
  readonly gate: ReadonlyMap<number, number>;
  readonly rank: ReadonlyMap<number, number>;
  readonly propensity: ReadonlyMap<number, number>;
  readonly value: ReadonlyMap<number, number>;
}

/** What a run would make of the customer, and what it would be without gates. */
async function valuesOf(
  prepared: Prepared,
  { database }: { readonly database: PrepareOptions['database'] },
): Promise<Values> {
  const { plan, score } = prepared;
  const onnx = await OnnxScores.open(plan, database);
  try {
    await onnx?.score();
    const scoring = { ...score, hasOnnx: onnx !== undefined };
    await database.run('explain', scoreSql(plan, scoring));
    const indexes = plan.offers.map((one) => one.index);
    const ranks = Array.from({ length: ranksOf(plan) }, (_, rank) => `_o_${rank}`);
    const [row] = await database.rows(
      'explain',
      `SELECT ${list([...indexes.map((one) => `_g_${one}`), ...ranks])} FROM scored`,
    );
    const numbers = (row ?? []).map((one) => (one === null ? undefined : Number(one)));
    const gate = new Map(indexes.map((index) => [index, numbers[index] ?? 0]));
    const rank = new Map<number, number>();
    numbers.slice(indexes.length).forEach((offer, at) => {
      if (offer !== undefined) rank.set(offer, at + 1);
    });
    return { gate, rank, ...(await ungated(plan, { ...scoring, ignoresGates: true }, database)) };
  } finally {
    await onnx?.close();
  }
}

async function ungated(
  plan: RankingPlan,
  scoring: Parameters<typeof scoreSql>[1],
  database: PrepareOptions['database'],
): Promise<Pick<Values, 'propensity' | 'value'>> {
  // Every offer ranked: then each has its propensity and value among the ranks.
  const all = { ...plan, topK: plan.offers.length, minExpectedValue: 0, maxPerFamily: undefined };
  await database.run('explain', scoreSql(all, scoring));
  const ranks = Array.from({ length: ranksOf(all) }, (_, rank) => `_o_${rank}, _q_${rank}, _w_${rank}`);
  const [row = []] = await database.rows('explain', `SELECT ${list(ranks)} FROM scored`);
  const propensity = new Map<number, number>();
  const value = new Map<number, number>();
  for (let at = 0; at < row.length; at += 3) {
    if (row[at] === null) continue;
    propensity.set(Number(row[at]), Number(row[at + 1]));
    value.set(Number(row[at]), Number(row[at + 2]));
  }
  return { propensity, value };
}

interface Facts {
  readonly gates: ReadonlyMap<string, boolean>;
  readonly features: ReadonlyMap<string, { readonly text: string | null; readonly number: number | null }>;
  readonly baseNameOf: (column: string, offer: number) => string;
}

async function gatesAndFeatures(
  { plan, score }: Prepared,
  { database }: { readonly database: PrepareOptions['database'] },
): Promise<Facts> {
  const gates = plan.offers.flatMap((offer) =>
    gatesOf(plan, offer).map(({ gate, stops }) => ({ key: `${offer.index} ${gate}`, sql: stops })),
  );
  const baseNameOf = (column: string, offer: number): string => {
    const known = score.columns.get(column);
    return known === undefined ? column : baseName(known, offer);
  };
  const columns = [
    ...new Set(
      plan.offers.flatMap((offer) => featuresOf(offer).map((feature) => baseNameOf(feature, offer.index))),
    ),
  ];
  const [row = []] = await database.rows(
    'explain',
    `SELECT ${list([
      ...gates.map(({ sql }) => `(${sql})`),
      ...columns.map((column) => `${name(column)}::VARCHAR, TRY_CAST(${name(column)} AS DOUBLE)`),
      'true',
    ])} FROM base`,
  );
  return {
    gates: new Map(gates.map(({ key }, at) => [key, row[at] === true])),
    features: new Map(columns.map((column, at) => [column, featureAt(row, gates.length + 2 * at)])),
    baseNameOf,
  };
}

function featureAt(row: Row, at: number): { readonly text: string | null; readonly number: number | null } {
  const [text, number] = [row[at], row[at + 1]];
  return {
    text: typeof text === 'string' ? text : null,
    number: typeof number === 'number' ? number : null,
  };
}

function featuresOf({ propensity }: PlannedOffer): readonly string[] {
  if (propensity.kind === 'logistic') return propensity.logistic.features.map((one) => one.column);
  return propensity.kind === 'onnx' ? propensity.features : [];
}

function explained(
  offer: PlannedOffer,
  { values, facts }: { readonly values: Values; readonly facts: Facts },
): ExplainedOffer {
  const { index, propensity: planned } = offer;
  const code = values.gate.get(index) ?? 0;
  const propensity = values.propensity.get(index) ?? 0;
  const value = values.value.get(index) ?? 0;
  const gates = GATES.flatMap((gate) => {
    const stops = facts.gates.get(`${index} ${gate}`);
    return stops === undefined ? [] : [{ gate, words: GATE_WORDS[gate], stops }];
  });
  return {
    offer: offer.offer,
    stoppedBy: code === 0 ? null : (GATES[code - 1] ?? null),
    rank: values.rank.get(index) ?? null,
    gates,
    features: featuresOf(offer).map((column) => explainedFeature(column, offer, facts)),
    propensityKind: planned.kind,
    model: planned.kind === 'rate' ? null : planned.model,
    propensity,
    value,
    valueWords: offer.value.words,
    npv: offer.value.npv ?? null,
    factor: offer.factor,
    expectedValue: propensity * value * offer.factor,
  };
}

function explainedFeature(
  column: string,
  { index, propensity }: PlannedOffer,
  facts: Facts,
): ExplainedFeature {
  const found = facts.features.get(facts.baseNameOf(column, index)) ?? { text: null, number: null };
  if (propensity.kind !== 'logistic') return { column, value: found.text, contribution: null };
  const feature = propensity.logistic.features.find((one) => one.column === column);
  return {
    column,
    value: found.text,
    contribution: feature === undefined ? null : contributionOf(feature, found, propensity.logistic),
  };
}

/** What a feature adds to the logit after calibration. */
function contributionOf(
  feature: ModelFeature,
  found: { readonly text: string | null; readonly number: number | null },
  { calibration }: LogisticModel,
): number {
  if (feature.kind === 'categorical') {
    const level = feature.levels.find((one) => one.level === found.text);
    return calibration.slope * (found.text === null ? feature.missingCoefficient : (level?.coefficient ?? 0));
  }
  if (found.text === null) return calibration.slope * feature.missingCoefficient;
  const number = found.number ?? (found.text === 'true' ? 1 : 0);
  return (calibration.slope * feature.coefficient * (number - feature.mean)) / feature.standardDeviation;
}
