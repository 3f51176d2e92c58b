// The cross-checks: what no single schema can say.
import { destinationsExist, skillLevelsReachable } from './destinations.js';
import { healthChecks, offerReferences, quotas } from './offers.js';
import {
  modelsAreWhole,
  rankedOffers,
  rankingPartners,
  rankingUnique,
  sourcesAreWhole,
  valuesAreWhole,
} from './ranking.js';
import { deadlines, listenAddresses } from './process.js';
import type { CrossCheck } from './tree.js';
import { assertedIdentityIsTrusted, countries, overflowCanBeSentTo, trunkAddresses } from './trunks.js';
import { uniqueDialledNumbers, uniqueIds } from './unique.js';

export const crossChecks: readonly CrossCheck[] = [
  deadlines,
  listenAddresses,
  uniqueIds,
  uniqueDialledNumbers,
  trunkAddresses,
  assertedIdentityIsTrusted,
  countries,
  overflowCanBeSentTo,
  destinationsExist,
  skillLevelsReachable,
  offerReferences,
  quotas,
  healthChecks,
  rankingUnique,
  rankingPartners,
  sourcesAreWhole,
  rankedOffers,
  valuesAreWhole,
  modelsAreWhole,
];
