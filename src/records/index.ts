export { RecordsDatabase } from './database/records-database.js';
export type { RecordsDatabaseOptions } from './database/records-database.js';
export { ExportFileError, QueryRefusedError, QueryStoppedError, RecordsUnavailableError } from './errors.js';
export { LearnedPast, openExistingRecords, RecordsHistory, writeBestOffers } from './history/index.js';
export type { ExistingRecords, HistoryExportOptions } from './history/index.js';
export { PostgresExport } from './query-export.js';
export type { PostgresExportOptions } from './query-export.js';
