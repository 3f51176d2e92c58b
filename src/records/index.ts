export { ExportFileError, QueryRefusedError, QueryStoppedError, RecordsUnavailableError } from './errors.js';
export { PostgresExport } from './query-export.js';
export type { PostgresExportOptions } from './query-export.js';
