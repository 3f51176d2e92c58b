export { openStrategyStore } from './open.js';
export type { OpenStrategyStoreDeps, StrategyStore } from './open.js';
export { CachedStrategyReader } from './cached-reader.js';
export type { CachedReaderOptions, StrategyCounters } from './cached-reader.js';
export type { LearnedFigures, LearnedStore } from './learned/port.js';
export { StoreDigitsMatcher } from './digits-matcher.js';
export type { AccountReader } from './digits-matcher.js';
export type { GenerationAge } from './generation-age.js';
export { ageOf } from './generation-age.js';
export type { CircuitState } from '../kernel/index.js';
export { FLAG_NAMES } from './codec/flags.js';
export type { FlagName } from './codec/flags.js';
export { MAX_OFFERS } from './codec/record.js';
export { DEFAULT_KEEP_RETIRED, MAX_KEEP_RETIRED } from './generation.js';
export type {
  Generation,
  GenerationInfo,
  GenerationState,
  PublicationTimes,
  PublishedGeneration,
  Verification,
} from './generation.js';
export {
  BatchShapeError,
  DamagedGenerationError,
  GenerationStateError,
  IncompleteGenerationError,
  LoadInProgressError,
  LoadLockLostError,
  NothingToPublishError,
  PublicationOptionsError,
  StoreFullError,
  StoreOpenError,
  StoreUnavailableError,
} from './errors.js';
export { GRACE_MS, LOCK_TTL_MS, StrategyWriter } from './writer.js';
export type { PublishResult } from './writer.js';
export type { Publication, PublicationOptions } from './publication.js';
export type { StrategyBatch } from './strategy-batch.js';
export { parseRow } from './strategy-row.js';
export type { KnownOffer, RefusedRow, RowRefusal, RowRules, StrategyRow } from './strategy-row.js';
export { StrategyLoad } from './load.js';
export type { LoadResult } from './load.js';
export { loadNdjson } from './ndjson.js';
export type { NdjsonOptions, NdjsonResult, RefusedLine } from './ndjson.js';
export type { CompareBounds, FirstMove, GenerationComparison, OfferChange } from './compare-generations.js';
export { StrategySearch } from './search.js';
export type { FoundStrategy, SearchFor } from './search.js';
export { DEMO_PARTNERS, demoCallers, demoCustomers, demoRows, publishDemo } from './demo.js';
export type { DemoCaller, DemoCustomer, DemoOptions, DemoPartner } from './demo.js';
