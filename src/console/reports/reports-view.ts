// What the API under /v1/reports, /v1/models and /v1/rankings tells: types and names alone, for the pages too.

export const reportNames = ['offers', 'agents', 'partners', 'arms'] as const;
export type ReportName = (typeof reportNames)[number];

/** An estimate between the limits of its 95 % interval. */
export interface IntervalView {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface CoverageView {
  readonly contacts: number;
  readonly calls: number;
  readonly first: string | null;
  readonly last: string | null;
  /** Under way, or not told yet. */
  readonly withoutOutcome: number;
  readonly refusedLines: number;
}

interface ReportBase {
  readonly period: {
    readonly from: string | null;
    readonly to: string | null;
    readonly partner: string | null;
  };
  readonly coverage: CoverageView;
}

interface Sales {
  readonly presented: number;
  readonly accepted: number;
  readonly value: number;
}

export interface OfferRowView extends Sales {
  readonly offer: string;
  readonly name: string;
  readonly kind: 'agent' | 'ivr' | 'web';
  readonly routed: number;
  readonly abandoned: number;
  readonly notPresented: number;
  readonly releasedOtherwise: number;
  readonly open: number;
  readonly declined: number;
  readonly callback: number;
  readonly other: number;
  readonly noDisposition: number;
  readonly agentSeconds: number;
  readonly handled: number;
  readonly acceptance?: IntervalView;
}

export interface OffersReportView extends ReportBase {
  readonly offers: readonly OfferRowView[];
  readonly total: Omit<OfferRowView, 'offer' | 'name' | 'kind'>;
}

export interface AgentRowView extends Sales {
  readonly agent: string | null;
  readonly centre: string;
  readonly calls: number;
  readonly declined: number;
  readonly callback: number;
  readonly agentSeconds: number;
  readonly handled: number;
  readonly open: number;
  readonly autoWrapped: number;
  readonly corrections: number;
  readonly acceptance?: IntervalView;
}

export interface AgentsReportView extends ReportBase {
  readonly agents: readonly AgentRowView[];
}

export interface PartnerRowView extends Partial<Sales> {
  readonly partner: string;
  readonly calls: number;
  readonly answered: number;
  readonly agentSeconds: number;
  readonly ivrSeconds: number;
  readonly cost: number;
  readonly shares: Readonly<Record<'calls' | 'agentSeconds' | 'ivrSeconds' | 'cost', number>>;
}

export interface PartnersReportView extends ReportBase {
  readonly partners: readonly PartnerRowView[];
}

export const armMeasureNames = [
  'valuePerCall',
  'valuePerCustomer',
  'acceptance',
  'handlingSeconds',
  'abandonment',
] as const;
export type ArmMeasureName = (typeof armMeasureNames)[number];

/** Absent where there are too few customers to say. */
export interface ArmMeasureView {
  readonly offer?: number;
  readonly control?: number;
  readonly difference?: number;
  readonly low?: number;
  readonly high?: number;
  readonly includesZero?: boolean;
  readonly callsNeeded?: number;
  readonly detectable?: number;
}

export interface ArmSizeView {
  readonly customers: number;
  readonly calls: number;
  readonly value: number;
  readonly accepted: number;
}

export interface ArmRowView {
  readonly partner: string;
  readonly offer: ArmSizeView;
  readonly control: ArmSizeView;
  readonly measures: Readonly<Record<ArmMeasureName, ArmMeasureView>>;
}

export interface ArmsReportView extends ReportBase {
  readonly partners: readonly ArmRowView[];
  readonly inNoArm: number;
  readonly inBothArms: number;
}

export interface ModelSummaryView {
  readonly model: string;
  readonly partner: string;
  /** `logistic` is trained here, `onnx` is brought as a file; null for one that the settings do not have any more. */
  readonly kind: string | null;
  /** Null: never trained, or its report cannot be read. */
  readonly trained: {
    readonly trainedAt: string;
    readonly rows: number;
    readonly testRows: number;
    readonly auc: number | null;
    readonly logLoss: number;
    readonly brier: number;
    readonly topDecileLift: number | null;
    readonly calibrationError: number;
  } | null;
}

export interface ModelMetricsView {
  readonly rows: number;
  readonly positives: number;
  readonly auc: number | null;
  readonly logLoss: number;
  readonly brier: number;
  readonly topDecileLift: number | null;
  readonly meanPropensity: number;
  readonly observedRate: number;
}

/** What of the report of a model the pages show; the API sends all of it. */
export interface ModelReportView {
  readonly model: string;
  readonly partner: string;
  readonly training: {
    readonly trainedAt: string;
    readonly rows: number;
    readonly positives: number;
    readonly from: string;
    readonly until: string;
  };
  readonly testFrom: string;
  readonly testUntil: string;
  readonly notes: readonly string[];
  readonly trainMetrics: ModelMetricsView;
  readonly testMetrics: ModelMetricsView;
  readonly calibration: readonly {
    readonly rows: number;
    readonly meanPropensity: number;
    readonly observedRate: number;
    readonly low: number;
    readonly high: number;
  }[];
  readonly calibrationError: number;
  readonly calibrationVerdict: string;
  readonly coefficients: readonly {
    readonly name: string;
    readonly coefficient: number;
    readonly oddsRatio: number;
  }[];
  readonly drift: readonly { readonly column: string; readonly psi: number; readonly change: string }[];
}

export interface RunSummaryView {
  readonly partner: string;
  readonly runId: string;
  /** Null for a run that did not end well. */
  readonly ended: {
    readonly at: string;
    readonly generation: number | null;
    readonly isDryRun: boolean;
    readonly customers: number;
    readonly withOffers: number;
    readonly firstExpectedValue: number;
    readonly firstChanged: number | null;
    readonly seconds: number;
    readonly rejected: number;
  } | null;
}

/** What of the report of a run the pages show; the API sends all of it. */
export interface RunReportView {
  readonly partner: string;
  readonly runId: string;
  readonly at: string;
  readonly generation: number | null;
  readonly isDryRun: boolean;
  readonly customers: number;
  readonly unreachable: number;
  readonly withOffers: number;
  readonly withServiceAlert: number;
  readonly optedOut: number;
  readonly controlArm: number;
  readonly firstExpectedValue: number;
  readonly offers: readonly {
    readonly offer: string;
    readonly customers: number;
    readonly removed: Readonly<Record<string, number>>;
    readonly ranked: number;
    readonly first: number;
    readonly propensityKind: string;
    readonly meanPropensity: number | null;
    readonly meanValue: number | null;
    readonly meanExpectedValue: number | null;
  }[];
  readonly sources: readonly {
    readonly source: string;
    readonly rows: number;
    readonly accepted: number;
    readonly rejected: number;
  }[];
  readonly comparison: {
    readonly previousRun: string;
    readonly customersNew: number;
    readonly customersGone: number;
    readonly firstSame: number;
    readonly firstChanged: number;
    readonly moves: readonly {
      readonly from: string | null;
      readonly to: string | null;
      readonly customers: number;
      readonly why: string;
    }[];
  } | null;
  readonly stages: readonly { readonly stage: string; readonly seconds: number }[];
}
