export { applyLearned, nextChangeOf } from './apply-learned.js';
export { learnedFromIvr } from './ivr-result.js';
export type { IvrResult } from './ivr-result.js';
export { learnedLines, suppressionWords } from './learned-words.js';
export type { CtiPairs, DigitsMatch, DigitsMatcher } from './digits.js';
export type {
  AlertedOffer,
  BoostedOffer,
  Learned,
  LearnedOffer,
  LearnedReason,
  SuppressedOffer,
  WithheldOffer,
} from './learned.js';
export type { RankedOffer } from './ranked-offer.js';
export type {
  AssignedArm,
  StaleLookup,
  Strategy,
  StrategyAge,
  StrategyFlags,
  StrategyLookup,
  StrategyReader,
} from './strategy.js';
export { isOutdated } from './strategy.js';
export { compileCatalogue, UnknownPartnerError } from './catalogue.js';
export type { Catalogue, CatalogueOffer, PartnerOffers } from './catalogue.js';
