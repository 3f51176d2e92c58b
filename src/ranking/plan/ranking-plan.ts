// The plan of one partner's ranking: everything that is settled before the first row is read.
import type { Eligibility } from '../../config/index.js';
import type { LogisticModel } from '../model/logistic-model.js';
import type { RankingGate } from '../report/run-report.js';
import type { PlanColumn } from '../rules/columns.js';
import type { NpvComputation } from '../value/npv.js';

export type PlannedPropensity =
  | { readonly kind: 'rate'; readonly startingPropensity: number; readonly startingEvidence: number }
  | { readonly kind: 'logistic'; readonly model: string; readonly logistic: LogisticModel }
  | {
      readonly kind: 'onnx';
      readonly model: string;
      readonly file: string;
      readonly features: readonly string[];
    };

export interface PlannedValue {
  /** The value where it is the same for everybody, 0..1,000,000. */
  readonly constant: number | undefined;
  /** A DOUBLE over the base table, null where it cannot be worked out. */
  readonly sql: string;
  /** For people, such as `200 (offers.yaml)` or `net present value of 3 cash flows`. */
  readonly words: string;
  readonly npv: NpvComputation | undefined;
}

export interface PlannedOffer {
  /** Place in the configured order, which breaks ties. */
  readonly index: number;
  readonly offer: string;
  readonly product: string;
  readonly family: string;
  readonly isMandatory: boolean;
  /** The product is active and in date at the time of the run. */
  readonly isProductOpen: boolean;
  /** Empty: everywhere. */
  readonly regions: readonly string[];
  readonly eligibility: Eligibility;
  /** Of another partner, whose affiliate the ranked one is. */
  readonly isAffiliate: boolean;
  /** A BOOLEAN over the base table. */
  readonly ruleSql: string | undefined;
  readonly propensity: PlannedPropensity;
  readonly value: PlannedValue;
  /** contextWeight x lever */
  readonly factor: number;
}

export interface RankingPlan {
  readonly partner: string;
  /** Rules, gates and dates are worked out for this time, in milliseconds since the Unix epoch. */
  readonly at: number;
  readonly topK: number;
  readonly minExpectedValue: number;
  readonly maxPerFamily: number | undefined;
  readonly contactPolicy: { readonly maxExposures: number | undefined; readonly withinDays: number };
  readonly offers: readonly PlannedOffer[];
  /** Family by code of every sales offer of the partner and its affiliates, ranked or not: exposures of all of them count. */
  readonly families: ReadonlyMap<string, string>;
  /** The partner's service offers with their values, in configured order. */
  readonly serviceOffers: readonly { readonly offer: string; readonly value: number }[];
  readonly sources: ReadonlySet<string>;
  /** Columns of the customer that rules, values and models read, and those of an offer by index. */
  readonly customerColumns: readonly PlanColumn[];
  readonly offerColumns: readonly { readonly column: PlanColumn; readonly offer: number }[];
  /** Columns of the source customers that there are, by name. */
  readonly declared: ReadonlySet<string>;
}

/** A gate of one offer that a row can be stopped by. */
export interface PlannedGate {
  readonly gate: RankingGate;
  /** BOOLEAN over the base table, never null: true stops. */
  readonly stops: string;
}
