// Offers, their pages in the directory of the settings, and what scripts show of callers.
import type { CallRouter } from '../calls/index.js';
import { firstPageLanguage, OfferPageFiles } from '../config/index.js';
import type { Environment, Settings } from '../config/index.js';
import type { OfferPagesOperations, ScriptCaller } from '../console/index.js';
import { errorCode } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import { scriptCustomer } from '../records/index.js';
import type { Sql } from '../records/index.js';

export interface OfferPagesParts {
  readonly environment: Pick<Environment, 'configDir'>;
  readonly router: Pick<CallRouter, 'settings' | 'live'>;
  /** Undefined where there are no records: scripts keep their blanks. */
  readonly database: Sql | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface OfferPages {
  readonly operations: OfferPagesOperations;
  /** Has the offer a page in some language? As of some seconds ago: it is asked for each call on a desk, and reads no disk. */
  readonly hasPage: (offer: string) => boolean;
}

const rereadMs = 5000;

export function offerPages({ environment, router, database, clock, log }: OfferPagesParts): OfferPages {
  const files = new OfferPageFiles(environment.configDir);
  const offers = () => router.settings.offers.offers;
  const languages = () => {
    const known = new Set(offers().map(({ offer }) => offer));
    return files.languages((offer) => known.has(offer));
  };
  let pages: ReadonlyMap<string, readonly string[]> = new Map();
  let readAt = -Infinity;
  const reread = async () => {
    readAt = clock.now();
    try {
      pages = await languages();
    } catch (error) {
      log.warn({ err: error }, 'offer pages cannot be listed');
    }
  };
  void reread();
  return {
    hasPage: (offer) => {
      if (clock.now() - readAt >= rereadMs) void reread();
      return pages.has(offer);
    },
    operations: {
      offers: async () => {
        const found = await languages();
        return offers().map(({ offer, name, kind, partner, url }) => {
          const spoken = found.get(offer) ?? [];
          return { offer, name, kind, partner, hasPage: spoken.length > 0, languages: spoken, url };
        });
      },
      read: async (offer, language) => {
        if (isOfOther(offers(), offer, language)) return undefined;
        const page = await files.read(offer, language);
        return page === undefined ? undefined : { language, ...page };
      },
      write: async ({ offer, language, ...page }) => {
        if (isOfOther(offers(), offer, language)) return { kind: 'name-taken' };
        const answer = await files.write(offer, language, page);
        await reread();
        return answer;
      },
      caller: (decisionId) => callerOf(decisionId, { router, database }),
    },
  };
}

/** Of offers X and X.es the file X.es.md is the page of the second. */
function isOfOther(offers: Settings['offers']['offers'], offer: string, language: string): boolean {
  return language !== firstPageLanguage && offers.some((one) => one.offer === `${offer}.${language}`);
}

/** Without the records, or while they are down, a script is better read with blanks than not at all. */
async function callerOf(
  decisionId: string,
  { router, database }: Pick<OfferPagesParts, 'router' | 'database'>,
): Promise<ScriptCaller | undefined> {
  const { partners } = router.settings.partners;
  const live = router.live.get(decisionId);
  const partnerOf = (partner: string) => partners.find((one) => one.partner === partner);
  const fieldsOf = (partner: string) => partnerOf(partner)?.scriptFields ?? [];
  let found;
  try {
    found = database && (await scriptCustomer(database, decisionId, fieldsOf, live));
  } catch (error) {
    if (errorCode(error) !== 'RECORDS_UNAVAILABLE') throw error;
  }
  const partner = live?.partner ?? found?.partner;
  if (partner === undefined) return undefined;
  const at = live?.at;
  return {
    partner,
    partnerName: partnerOf(partner)?.name ?? partner,
    agents: [...(found?.agents ?? []), ...(at?.agent === undefined ? [] : [`${at.centre}/${at.agent}`])],
    fields: found?.fields ?? {},
  };
}
