export { CallRouter } from './call-router.js';
export type { CallRouterEvents, CallRouterOptions } from './call-router.js';
export type { CallSummary } from './call-summary.js';
export { DrachtioGateway, routedMethods } from './drachtio-gateway.js';
export type { DrachtioGatewayOptions, GatewayTarget } from './drachtio-gateway.js';
export { GatewayError } from './errors.js';
export type { GatewayErrorCode } from './errors.js';
export type { Gateway, IncomingCall, IncomingRequest, Source } from './gateway.js';
export { findPartner, identifyCaller, PartnerDirectory } from './identify.js';
export type { Dialled, IdentityHeaders, IdentityRules } from './identify.js';
export { NdjsonFiles } from './ndjson-files.js';
export type { NdjsonFilesOptions } from './ndjson-files.js';

export { SourceMatcher } from './source-matcher.js';
export type { CallResult, Termination } from './termination.js';
export { PersonRouting } from './live/person-routing.js';
export type { LiveCall } from './live/live-calls.js';
