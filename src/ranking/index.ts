export { writeDemoData } from './demo/demo-data.js';
export type { DemoDataOptions, DemoTable } from './demo/demo-data.js';
export type { FixedCaller, FixedCustomer } from './demo/demo-plan.js';
export type { LogisticModel, ModelFeature, ModelFile, TrainingRecord } from './model/logistic-model.js';
export { modelPath, readModel } from './model/read-model.js';
export type { ModelReport } from './report/model-report.js';
export { modelReportText } from './report/model-report-text.js';
export { GATE_WORDS, GATES } from './report/run-report.js';
export type { NpvComputation } from './value/npv.js';
export type { OfferFunnel, RankingGate, RunReport, SourceReport } from './report/run-report.js';
export { loadReportPages } from './report/pages.js';
export type { ReportPages } from './report/pages.js';
export { runReportText } from './report/run-report-text.js';
export { exportedRows } from './sources/query-export.js';
export type { ExportedQuery, QueryExport, QueryExportOptions } from './sources/query-export.js';
export type { RecordedHistory, RecordedPast } from './sources/recorded-history.js';
export { RankingDatabase } from './database.js';
export {
  ModelError,
  RankingEngineError,
  ReportNotKeptError,
  RuleError,
  RunInterruptedError,
  SourceError,
  TooManyRejectedError,
} from './errors.js';
export { checkRules } from './plan/check-rules.js';
export type { RuleProblem } from './plan/check-rules.js';
export { compilePlan } from './plan/compile-plan.js';
export { planText } from './plan/plan-text.js';
export type { RankingPlan } from './plan/ranking-plan.js';
export { explainCustomer } from './run/explain-customer.js';
export type { CustomerExplanation, ExplainedFeature, ExplainedOffer } from './run/explain-customer.js';
export { rankedBefore } from './run/kept-ranking.js';
export type { KeptRanking } from './run/kept-ranking.js';
export type { BestOfferWriter } from './run/best-offers.js';
export type { RunPublisher } from './run/publisher.js';
export { rankPartner } from './run/rank-partner.js';
export type { RankPartnerOptions } from './run/rank-partner.js';
export { RunDirectory } from './run/run-directory.js';
export type { KeptRun } from './run/run-directory.js';
export { Stages } from './run/stages.js';
export type { RunProgress } from './run/stages.js';
export { runTraining } from './training/run-training.js';
export type { RunTrainingOptions } from './training/run-training.js';
export type { TrainedModel } from './training/train-model.js';
export { writeModel } from './training/write-model.js';
export type { ModelPaths } from './training/write-model.js';
export { openTableFile } from './sources/table-file.js';
export type { TableBatch, TableFile, TableFileScan, TableRow } from './sources/table-file.js';
