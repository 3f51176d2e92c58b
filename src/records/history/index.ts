export { writeBestOffers } from './best-offers.js';
export { LearnedPast, RecordsHistory } from './records-history.js';
export type { HistoryExportOptions } from './records-history.js';
