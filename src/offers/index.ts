export type { DigitsMatch, DigitsMatcher } from './digits.js';
export type {
  AssignedArm,
  RankedOffer,
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
