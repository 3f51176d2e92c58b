export { HttpListenError, HttpServer } from './http-server.js';
export type { HttpServerOptions, PartReadiness } from './http-server.js';
export type { Identification, IdentifyApiOptions, IdentifyQuery, IdentifyResult } from './identify-api.js';
export type { LiveApiOptions } from './live-api.js';
export type { AgentView, CentreView, LiveCallView, LiveOperations, QueueView } from './live-operations.js';
export type { RecordsApiOptions } from './records-api.js';
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
export type { DecisionAnswer, DecisionRecords, DecisionsApiOptions } from './decisions-api.js';
