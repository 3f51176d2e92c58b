export { syncCatalogue } from './catalogue.js';
export { databasePlace } from './database-failure.js';
export {
  ExportFileError,
  MigrationError,
  QueryRefusedError,
  QueryStoppedError,
  RecordsUnavailableError,
  StatementRefusedError,
} from './errors.js';
export { PostgresExport } from './query-export.js';
export type { PostgresExportOptions } from './query-export.js';
export { openExistingRecords } from './open-existing.js';
export type { ExistingRecords } from './open-existing.js';
export { openRecords, Records } from './records.js';
export type { OpenRecords, RecordsOptions, RecordsState } from './records.js';
export { IdentityKeys } from './secrets.js';
export type { HashKind, KeyedHash } from './secrets.js';
export { recordsStatus } from './status.js';
export type { RecordsStatus, TableStatus } from './status.js';
export { ServiceAlerts } from './alerts/service-alerts.js';
export type {
  AlertAnswer,
  AlertFilter,
  AlertSeverity,
  GivenAlert,
  ServiceAlert,
  ServiceAlertsOptions,
} from './alerts/service-alerts.js';
export { RecordsDatabase } from './database/records-database.js';
export type { RecordsDatabaseOptions, StatementEnd } from './database/records-database.js';
export type { CopyRow, Sql, SqlSession, SqlValue } from './database/sql.js';
export { AgentDesk } from './desk/desk-records.js';
export type { AgentDeskOptions, AgentToday, UndispositionedOffer } from './desk/desk-records.js';
export { AutoWrap } from './dispositions/auto-wrap.js';
export type { AutoWrapOptions, WrappedExposure } from './dispositions/auto-wrap.js';
export { DispositionMetrics } from './dispositions/disposition-metrics.js';
export type {
  Disposition,
  DispositionAnswer,
  DispositionCodeRow,
  DispositionOutcome,
  DispositionRefusal,
  DispositionSource,
  GivenDisposition,
  OpenDisposition,
} from './dispositions/disposition.js';
export { Dispositions } from './dispositions/dispositions.js';
export type { DispositionsOptions, RecordOptions } from './dispositions/dispositions.js';
export { HeldAgents } from './dispositions/held-agents.js';
export type { HeldAgent } from './dispositions/held-agents.js';
export { LearnedFeed } from './dispositions/learned-feed.js';
export type { LearnedFeedOptions, LearnedSink } from './dispositions/learned-feed.js';
export { embeddedPlace } from './embedded/place.js';
export { LearnedPast, RecordsHistory, writeBestOffers } from './history/index.js';
export type { HistoryExportOptions } from './history/index.js';
export { AgentIdentification } from './identification/agent-identification.js';
export type {
  AgentAnswer,
  AgentIdentificationOptions,
  AgentQuery,
} from './identification/agent-identification.js';
export { defaultTryBounds, Identify } from './identification/identify.js';
export type { IdentifyAnswer, IdentifyQuestion, OnIdentified, TryBounds } from './identification/identify.js';
export { answerQuantumMs, RecordsDigitsMatcher } from './identification/records-digits-matcher.js';
export type { RecordsDigitsMatcherOptions } from './identification/records-digits-matcher.js';
export type { ImportCounts } from './import/counts.js';
export { unusableReason } from './unusable.js';
export { ImportBrokenError } from './import/errors.js';
export { importTable } from './import/import-table.js';
export type {
  ImportOptions,
  ImportProgress,
  ImportResult,
  ImportSource,
  RejectedRow,
} from './import/import-table.js';
export { IMPORT_KINDS } from './import/kinds.js';
export type { ImportKind } from './import/kinds.js';
export { AccessRecords } from './people/access-records.js';
export { AuditTable } from './people/audit-table.js';
export type { AuditRow } from './people/audit-table.js';
export { callParties } from './people/call-parties.js';
export { People } from './people/people.js';
export type {
  AddApiKeyAnswer,
  AddPersonAnswer,
  ChangePersonAnswer,
  GivenPerson,
  NewPerson,
  StoredApiKey,
} from './people/people.js';
export type { Person } from './people/person.js';
export { agentsReport } from './reports/agents-report.js';
export type { AgentRow, AgentsReport } from './reports/agents-report.js';
export { armMean, armMeasures, armsReport } from './reports/arms-report.js';
export type {
  ArmComparison,
  ArmDifferences,
  ArmMeasure,
  ArmsReport,
  ArmSums,
} from './reports/arms-report.js';
export { boardTotals } from './reports/board-totals.js';
export type { BoardTotalsRow } from './reports/board-totals.js';
export { callList, knownNames } from './reports/call-list.js';
export type { CallFilter, CallLine, KnownNames } from './reports/call-list.js';
export { callStory } from './reports/call-story.js';
export type {
  CallStory,
  StoryAnswer,
  StoryAttempt,
  StoryContact,
  StoryDecision,
  StoryDisposition,
  StoryExposure,
  StoryLearned,
  StoryOutcome,
  StoryUsage,
} from './reports/call-story.js';
export { offersReport } from './reports/offers-report.js';
export type { ExposureKind, OfferRow, OffersReport, OfferSums } from './reports/offers-report.js';
export { partnersReport, quietPartner } from './reports/partners-report.js';
export type { PartnerRow, PartnersReport } from './reports/partners-report.js';
export { coverageOf } from './reports/period.js';
export type { Coverage, ReportPeriod, ShownCounts } from './reports/period.js';
export { wilson } from './reports/statistics.js';
export type { Difference, Interval, Power } from './reports/statistics.js';
export { scriptCustomer } from './script-customer/script-customer.js';
export type { LiveCaller, ScriptCustomer } from './script-customer/script-customer.js';
export { SpoolFeed } from './spool/spool-feed.js';
export type { SpoolFeedOptions, SpoolLimits, SpoolMeasure, SpoolSource } from './spool/spool-feed.js';
export { observeSpool } from './spool/spool-metrics.js';
export type { SpoolPosition } from './spool/spool-position.js';
export { forgetPerson, personRows } from './upkeep/forget.js';
export type { PersonRows } from './upkeep/forget.js';
export { purgedKinds, Upkeep } from './upkeep/upkeep.js';
export type { PurgedKind, UpkeepOptions } from './upkeep/upkeep.js';
export { SettingsEdits } from './settings/settings-edits.js';
export type { NewSettingsEdit, SettingsEditRow, SettingsHistoryFilter } from './settings/settings-edits.js';
export { RecordedContacts } from './contacts/recorded-contacts.js';
export type { RecordedWebContact } from './contacts/recorded-contacts.js';
