export { DnsCounters } from './dns-counters.js';
export { defaultDnsOptions } from './dns-options.js';
export type { DnsOptions } from './dns-options.js';
export { FailedTargets, retryAfterMs } from './failed-targets.js';
export { NodeDns } from './dns-source.js';
export type { DnsSource, Found, NaptrRecord, SrvRecord } from './dns-source.js';
export { askedProtocol } from './question.js';
export { SipResolver } from './sip-resolver.js';
export type { SipResolverOptions } from './sip-resolver.js';
