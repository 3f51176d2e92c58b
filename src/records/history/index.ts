export { LearnedPast, RecordsHistory } from './records-history.js';
export type { HistoryExportOptions } from './records-history.js';
