// The cross-checks: what no single schema can say.
import { agentsAreWhole, strategiesKeepToSteps } from './agents.js';
import { destinationsExist, skillLevelsReachable } from './destinations.js';
import { dispositionCodesAreThere } from './dispositions.js';
import { presentationsAreWhole, serviceTakesMedia } from './media.js';
import { identificationIsPossible, menusAreUsable, menusAreWhole } from './menus.js';
import { affiliatesExist, healthChecks, offerReferences, productDates, quotas } from './offers.js';
import { deadlines, listenAddresses, oidcIsReachable, proxiesAreAddresses, tlsCentres } from './process.js';
import { rankedOffers, rankingPartners, rankingUnique, valuesAreWhole } from './ranking.js';
import { modelsAreWhole } from './ranking-models.js';
import { sourcesAreWhole } from './ranking-sources.js';
import { derivedQueuesFit, skillsExist, skillStepsWiden } from './skills.js';
import type { CrossCheck } from './tree.js';
import {
  assertedIdentityIsTrusted,
  countries,
  overflowCanBeSentTo,
  trunkAddresses,
  trunkIdentities,
} from './trunks.js';
import { uniqueDialledNumbers, uniqueIds } from './unique.js';

export const crossChecks: readonly CrossCheck[] = [
  deadlines,
  listenAddresses,
  tlsCentres,
  oidcIsReachable,
  proxiesAreAddresses,
  uniqueIds,
  uniqueDialledNumbers,
  trunkAddresses,
  trunkIdentities,
  assertedIdentityIsTrusted,
  countries,
  overflowCanBeSentTo,
  destinationsExist,
  presentationsAreWhole,
  serviceTakesMedia,
  skillLevelsReachable,
  skillStepsWiden,
  skillsExist,
  derivedQueuesFit,
  affiliatesExist,
  offerReferences,
  productDates,
  quotas,
  healthChecks,
  menusAreWhole,
  menusAreUsable,
  identificationIsPossible,
  dispositionCodesAreThere,
  agentsAreWhole,
  strategiesKeepToSteps,
  rankingUnique,
  rankingPartners,
  sourcesAreWhole,
  rankedOffers,
  valuesAreWhole,
  modelsAreWhole,
];
