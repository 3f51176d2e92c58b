export type { LogisticModel, ModelFeature, ModelFile, TrainingRecord } from './model/logistic-model.js';
export type { ModelReport } from './report/model-report.js';
export { GATE_WORDS, GATES } from './report/run-report.js';
export type { OfferFunnel, RankingGate, RunReport, SourceReport } from './report/run-report.js';
export { loadReportPages } from './report/pages.js';
export type { ReportPages } from './report/pages.js';
export { runReportText } from './report/run-report-text.js';
export { exportedRows } from './sources/query-export.js';
export type { ExportedQuery, QueryExport, QueryExportOptions } from './sources/query-export.js';
