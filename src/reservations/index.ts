export { RedisLedger } from './redis-ledger.js';
export type { LedgerCounters, RedisLedgerOptions } from './redis-ledger.js';
