export { AccessMissingError } from './access/gate.js';
export type { Authentication, Authenticator } from './access/gate.js';
export { ApiKeys } from './access/api-keys.js';
export type { Audit } from './access/audit.js';
export { seesCall, seesCallOf } from './access/call-access.js';
export type { CallOwners, CallParties } from './access/call-access.js';
export { oidcApi } from './access/oidc/oidc-api.js';
export { OidcProvider } from './access/oidc/oidc-provider.js';
export { oneTimePassword, Passwords } from './access/password.js';
export { sessionApi } from './access/session-api.js';
export { Sessions } from './access/sessions.js';
export { tokenAuthenticator } from './access/token.js';
export type { Access, Principal, Role } from './access/principal.js';
export type { ApiArea } from './api-area.js';
export { BoardTopic } from './board/board-topic.js';
export type { BoardTopicOptions } from './board/board-topic.js';
export { callsApi } from './board/calls-api.js';
export type { CallHistory, CallHistoryFilter, LadderOwners, LadderAnswer } from './board/calls-api.js';
export { CallsTopic } from './board/calls-topic.js';
export type { CallHistoryLine, CallHistoryPage, LadderRow, LadderView } from './board/calls-view.js';
export { isInScope } from './board/scope.js';
export type { BoardScope } from './board/scope.js';
export { TodayTotals } from './board/today-totals.js';
export type { TodayTotalsOptions, TotalsRecords } from './board/today-totals.js';
export type { BoardState, CallLineView } from './live/board-state.js';
export { contactsApi } from './contacts/contacts-api.js';
export type { ContactsOperations } from './contacts/contacts-operations.js';
export { embedApi } from './contacts/embed-api.js';
export { decisionsApi } from './decisions-api.js';
export type { DecisionAnswer, DecisionRecords } from './decisions-api.js';
export { HttpListenError, HttpServer } from './http-server.js';
export type { HttpServerOptions, PartReadiness } from './http-server.js';
export { identifyApi } from './identify-api.js';
export type { Identification, IdentifyQuery, IdentifyResult } from './identify-api.js';
export { liveApi } from './live-api.js';
export type { AgentView, CentreView, LiveCallView, LiveOperations, QueueView } from './live-operations.js';
export { offerPagesApi } from './offer-pages/offer-pages-api.js';
export type { OfferPagesApiParts } from './offer-pages/offer-pages-api.js';
export type {
  OfferPagesOperations,
  OfferPageText,
  OfferPageWritten,
  ScriptCaller,
} from './offer-pages/offer-pages-operations.js';
export { apiKeysApi } from './people/api-keys-api.js';
export { auditApi } from './people/audit-api.js';
export { FirstPeople } from './people/first-people.js';
export type { DemonstrationPerson, FirstAdmin } from './people/first-people.js';
export { peopleApi } from './people/people-api.js';
export { recordsApi } from './records-api.js';
export type {
  AlertInput,
  AlertResult,
  AlertView,
  DispositionCodeView,
  DispositionInput,
  DispositionResult,
  DispositionView,
  OpenDispositionView,
  RecordsOperations,
} from './records-operations.js';
export { LiveHub } from './live/hub.js';
export { observeHub } from './live/hub-metrics.js';
export { liveSocketApi } from './live/live-socket-api.js';
export type { AnyLiveTopic, LiveTopic, TopicSink } from './live/topic.js';
export { Desk } from './desk/desk.js';
export { deskApi } from './desk/desk-api.js';
export { DeskOperations } from './desk/desk-operations.js';
export type { DeskPorts, KnownCall, PresentedAnswer } from './desk/desk-ports.js';
export type { PresentationForCaller } from './desk/desk-view.js';
export { settingsApi } from './settings/settings-api.js';
export { SettingsDesk } from './settings/settings-desk.js';
export type { EditHistory, RunningSettings } from './settings/settings-ports.js';
export { SettingsTopic } from './settings/settings-topic.js';
export { SwitchDesk } from './settings/switch-desk.js';
export { traceApi } from './trace/trace-api.js';
export type { SipTraces } from './trace/trace-api.js';
export type {
  TracedCallLine,
  TraceList,
  TraceMemory,
  TraceMessage,
  TraceParticipant,
  TraceView,
} from './trace/trace-view.js';
export { tryCallApi } from './try-call/try-call-api.js';
export type { TriedCall, TryCallOperations, TryCallResult } from './try-call/try-call-api.js';
export type { ExplainedCall, TryCallChoices, TryCallView } from './try-call/try-call-view.js';
export { generationsApi } from './generations/generations-api.js';
export type { CompareResult, GenerationsOperations, PublishResult } from './generations/generations-api.js';
export type {
  ComparisonView,
  GenerationsView,
  GenerationView,
  PublicationView,
} from './generations/generations-view.js';
export { reportsApi } from './reports/reports-api.js';
export type { ReportQuestion, ReportResult, ReportsOperations } from './reports/reports-api.js';
export type { ModelSummaryView, RunSummaryView } from './reports/reports-view.js';
