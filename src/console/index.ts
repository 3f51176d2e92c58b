export { HttpListenError, HttpServer } from './http-server.js';
export type { HttpServerOptions, PartReadiness } from './http-server.js';
export type { LiveApiOptions } from './live-api.js';
export type {
  AgentView,
  CentreView,
  LiveCallView,
  LiveOperations,
  QueueView,
  RefusedAnswer,
  RouteAnswer,
  RouteTarget,
  StatusAnswer,
} from './live-operations.js';
