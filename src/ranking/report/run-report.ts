// What one ranking run of one partner did. Plain data: JSON, the screen and the HTML report say the same.
import type { NpvComputation } from '../value/npv.js';

/** Why an offer was not ranked for a customer, in the order that the gates are passed. The first that stops counts. */
export const GATES = [
  'product',
  'region',
  'consent',
  'held',
  'rule',
  'exposure',
  'family-exposure',
  'cool-off',
  'contact-policy',
  'min-value',
  'family-cap',
  'top-k',
] as const;

export type RankingGate = (typeof GATES)[number];

/** Words for people. */
export const GATE_WORDS: Readonly<Record<RankingGate, string>> = {
  product: 'product not active or not in date',
  region: 'not sold in the region',
  consent: 'opted out or no consent',
  held: 'product held already',
  rule: 'rule not met',
  exposure: 'offer presented before',
  'family-exposure': 'product family presented before',
  'cool-off': 'declined lately',
  'contact-policy': 'presented too much lately',
  'min-value': 'expected value too low',
  'family-cap': 'better offers of the family',
  'top-k': 'better offers',
};

export interface OfferFunnel {
  readonly offer: string;
  readonly customers: number;
  /** Customers that each gate removed, in order; gates that are not set remove none. */
  readonly removed: Readonly<Record<RankingGate, number>>;
  readonly ranked: number;
  /** Customers for whom it is first. */
  readonly first: number;
  readonly propensityKind: 'rate' | 'logistic' | 'onnx';
  /** Over the customers for whom it is ranked; null when there are none. */
  readonly meanPropensity: number | null;
  readonly meanValue: number | null;
  readonly meanExpectedValue: number | null;
  readonly valueWords: string;
  /** How a net present value was worked out; null for a value of another kind. */
  readonly npv: NpvComputation | null;
}

/** A problem of a source, with rows that show it. */
export interface SourceProblem {
  /** Such as `phone is no phone number`, `customer is there twice`, `age is above 120`. */
  readonly problem: string;
  readonly rows: number;
  /** At most five, phone numbers masked. */
  readonly samples: readonly { readonly row: number; readonly text: string }[];
  /** Lines of a CSV that are no rows; `row` of their samples is the line. */
  readonly isLine?: true;
}

export interface SourceReport {
  readonly source: string;
  /** The file, or `query`. */
  readonly from: string;
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Accepted rows of customers who are not among the customers. */
  readonly ignored: number;
  /** Exposures that are in another part as well, of a file or query and the records database, and count there. */
  readonly duplicates: number;
  readonly maxRejected: number;
  readonly rejectedFile: string | null;
  readonly problems: readonly SourceProblem[];
  /** Rows of the records database; `from` says where that is. */
  readonly isRecorded?: true;
}

/** What a run took from the records database. */
export type RecordsReport =
  /** Up to this time, ISO 8601. */
  | { readonly state: 'read'; readonly place: string; readonly learnedThrough: string }
  /** There is no database yet, or nothing was ever recorded in it. */
  | { readonly state: 'none' }
  /** For this run, by --without-records. */
  | { readonly state: 'left-out' }
  /** By the settings. */
  | { readonly state: 'off' };

/** Upper bound (inclusive) and count of one bar. */
export interface HistogramBin {
  readonly upTo: number;
  readonly count: number;
}

/** Against the generation that served before. */
export interface Comparison {
  readonly previousRun: string;
  readonly customersNew: number;
  readonly customersGone: number;
  readonly firstSame: number;
  readonly firstChanged: number;
  /** The commonest changes of the first offer and why: the gate that now removes the old one, or `outranked`. */
  readonly moves: readonly {
    readonly from: string | null;
    readonly to: string | null;
    readonly customers: number;
    readonly why: string;
  }[];
}

/** Best offers written to the records database after publishing. */
export type BestOffersReport =
  /** Customers there, and those whose best offer was another before. */
  | { readonly state: 'written'; readonly customers: number; readonly changed: number }
  /** There is no records database yet. */
  | { readonly state: 'none' }
  | { readonly state: 'failed'; readonly problem: string };

export interface StageTime {
  readonly stage: string;
  readonly seconds: number;
  readonly rows: number | null;
}

export interface RunReport {
  readonly partner: string;
  readonly runId: string;
  /** The time that rules, gates and dates were worked out for, ISO 8601. */
  readonly at: string;
  readonly generation: number | null;
  readonly isDryRun: boolean;
  /** Share of the customers that was ranked: 1 for all. */
  readonly sampleShare: number;
  readonly topK: number;
  readonly minExpectedValue: number;
  readonly maxPerFamily: number | null;
  readonly customers: number;
  /** Customers without a phone number: ranked, but no call can find them. */
  readonly unreachable: number;
  readonly phones: number;
  readonly sharedPhones: number;
  /** Customers with at least one offer. */
  readonly withOffers: number;
  readonly withServiceAlert: number;
  readonly optedOut: number;
  readonly controlArm: number;
  readonly controlArmPercent: number;
  /** Sum of the expected values of the first offers. */
  readonly firstExpectedValue: number;
  readonly sources: readonly SourceReport[];
  readonly records: RecordsReport;
  /** In configured order. */
  readonly offers: readonly OfferFunnel[];
  readonly propensityHistogram: readonly HistogramBin[];
  readonly expectedValueHistogram: readonly HistogramBin[];
  /** Null when there is none before. */
  readonly comparison: Comparison | null;
  readonly publication: {
    readonly store: string;
    readonly contentHash: string;
    readonly recordBytes: number;
    readonly verified: string;
  } | null;
  /** Null when they were not asked for. */
  readonly bestOffers: BestOffersReport | null;
  readonly stages: readonly StageTime[];
  readonly peakMemoryMb: number;
  /** The tables beside the report. */
  readonly tableFiles: readonly string[];
}
