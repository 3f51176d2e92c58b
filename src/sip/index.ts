// The SIP engine. README.md says what it supports.
export { SipDnsServerError, SipHeaderError, SipTargetError, SipTransportError } from './errors.js';
export type { SipTargetErrorCode, SipTransportErrorCode } from './errors.js';

export { isToken, quote, unquote } from './message/characters.js';
export { createRequest, createResponse } from './message/create-message.js';
export type { RequestParts } from './message/create-message.js';
export { parseCSeq } from './message/cseq.js';
export type { CSeq } from './message/cseq.js';
export { firstOfList, restOfList, splitList } from './message/header-list.js';
export { canonicalHeaderName, headerNameToWrite } from './message/header-names.js';
export type { HeaderName } from './message/header-names.js';
export { breaksLine } from './message/header-value.js';
export { splitUriHeaders } from './message/uri-headers.js';
export { bareHost, hostInUri } from './message/host-port.js';
export { defaultMessageLimits } from './message/limits.js';
export type { MessageLimits } from './message/limits.js';
export { NameAddr, parseNameAddr } from './message/name-addr.js';
export { formatParams } from './message/parameters.js';
export type { Params, ParamValue } from './message/parameters.js';
export { parseMessage } from './message/parse-message.js';
export type { Framing } from './message/parse-message.js';
export type { ParseResult, Refusal, Refused } from './message/parse-result.js';
export { reasonPhraseOf } from './message/reason-phrases.js';
export { SipMessage } from './message/sip-message.js';
export type { HeaderLine, StartLine } from './message/sip-message.js';
export { formatSipUri, parseSipUri, uriScheme } from './message/sip-uri.js';
export type { SipScheme, SipUri } from './message/sip-uri.js';
export { sipUriEquals } from './message/uri-equality.js';
export { escapeUriHeader, escapeUriParam, escapeUser, unescapeUri } from './message/uri-escape.js';
export { validateRequest, validateResponse } from './message/validate.js';
export { parseVia, Via } from './message/via.js';

export type {
  Flow,
  ListenAddress,
  LocalAddress,
  Protocol,
  Target,
  Transport,
  WireTap,
} from './transport/transport.js';
export { transportParam } from './transport/transport.js';
export { defaultTransportLimits } from './transport/limits.js';
export type { TransportLimits } from './transport/limits.js';
export { parseListenAddress } from './transport/listen-address.js';
export type { RportPolicy } from './transport/note-source.js';
export { defaultDnsOptions, FailedTargets, NodeDns, SipResolver } from './transport/resolver/index.js';
export type { DnsCounters, DnsOptions, DnsSource, SipResolverOptions } from './transport/resolver/index.js';
export { loadTlsFiles } from './transport/tls-files.js';
export type { TlsFiles, TlsMaterial } from './transport/tls-files.js';
export { TransportLayer } from './transport/transport-layer.js';
export type { TransportLayerOptions } from './transport/transport-layer.js';

export { ClientExchange } from './client-exchange.js';
export { ComposedMessage } from './composed-message.js';
export type { Dialog, DialogHint, DialogState } from './dialog/index.js';
export { offersReliable } from './dialog/index.js';
export { composeInDialog } from './dialog-requests.js';
export type { DialogRoute } from './dialog-requests.js';
export { defaultGuardLimits } from './guard/guard-limits.js';
export type { GuardLimits } from './guard/guard-limits.js';
export { isLoopback } from './guard/source-guard.js';
export type { GuardCounters } from './guard/source-guard.js';
export { defaultSpammerRules, knownScanners } from './guard/spam-filter.js';
export type { SpamAction, SpammerRules } from './guard/spam-filter.js';
export { SipEngine } from './engine.js';
export type { SipEngineOptions } from './engine-options.js';
export type { EngineCounters } from './engine-counters.js';
export { defaultEngineLimits } from './engine-limits.js';
export type { EngineLimits } from './engine-limits.js';
export type { Admission, DialogEndReason, EngineRequest, EngineUser } from './engine-user.js';
export type { NextHop, NextHopFault } from './next-hop.js';
export type { ProxyOptions, ProxyOutcome } from './proxy/proxy-options.js';
export { isKnownMethod } from './request-rules.js';
export { ServerExchange } from './server-exchange.js';
export type { HeaderField } from './transaction/generated-requests.js';
export { TransactionLayer } from './transaction/transaction-layer.js';
export { callIdOf, MessageTrace } from './trace/message-trace.js';
export type { MessageTraceOptions, TracedCall, TracedMessage, TraceFigures } from './trace/message-trace.js';
export { maskedMessage } from './trace/masked-message.js';
export type { MaskOptions } from './trace/masked-message.js';
export { wordsOf } from './trace/message-words.js';
export type { MessageWords } from './trace/message-words.js';
export {
  outcomes,
  repeatedKinds,
  TransactionOutcomes,
  transactionKinds,
} from './transaction/transaction-outcomes.js';
export type { TransactionOutcome } from './transaction/transaction-outcomes.js';
export type { TransportCounters } from './transport/transport-counters.js';
