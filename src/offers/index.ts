export type {
  RankedOffer,
  StaleLookup,
  Strategy,
  StrategyFlags,
  StrategyLookup,
  StrategyReader,
} from './strategy.js';
