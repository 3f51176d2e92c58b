export { openStrategyStore } from './open.js';
export type { OpenStrategyStoreDeps, StrategyStore } from './open.js';
export { CachedStrategyReader } from './cached-reader.js';
export type { CachedReaderOptions, StrategyCounters } from './cached-reader.js';
export type { CircuitState } from './circuit-breaker.js';
export { FLAG_NAMES } from './codec/flags.js';
export type { FlagName } from './codec/flags.js';
export type { Generation, GenerationInfo, GenerationState } from './generation.js';
export {
  IncompleteGenerationError,
  LoadInProgressError,
  LoadLockLostError,
  NothingToPublishError,
  StoreFullError,
  StoreOpenError,
  StoreUnavailableError,
} from './errors.js';
export { GRACE_MS, LOCK_TTL_MS, StrategyWriter } from './writer.js';
export type { Publication, PublishResult, RefusedRow } from './writer.js';
export { parseRow } from './strategy-row.js';
export type { KnownOffer, RowRefusal, RowRules, StrategyRow } from './strategy-row.js';
export { StrategyLoad } from './load.js';
export type { LoadResult } from './load.js';
export { loadNdjson } from './ndjson.js';
export type { NdjsonOptions, NdjsonResult, RefusedLine } from './ndjson.js';
export { StrategySearch } from './search.js';
export type { FoundStrategy, SearchFor } from './search.js';
export { DEMO_PARTNERS, demoCallers, demoRows, publishDemo } from './demo.js';
export type { DemoOptions, DemoPartner } from './demo.js';
