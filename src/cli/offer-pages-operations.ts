// Offers, their pages in the directory of the settings, and what scripts show of callers.
import type { CallRouter } from '../calls/index.js';
import { OfferPageFiles } from '../config/index.js';
import type { Environment } from '../config/index.js';
import type { OfferPagesOperations, ScriptCaller } from '../console/index.js';
import { errorCode } from '../kernel/index.js';
import { scriptCustomer } from '../records/index.js';
import type { Sql } from '../records/index.js';

export interface OfferPagesParts {
  readonly environment: Pick<Environment, 'configDir'>;
  readonly router: Pick<CallRouter, 'settings' | 'live'>;
  /** Undefined where there are no records: scripts keep their blanks. */
  readonly database: Sql | undefined;
}

export function offerPagesOperations({
  environment,
  router,
  database,
}: OfferPagesParts): OfferPagesOperations {
  const files = new OfferPageFiles(environment.configDir);
  const offers = () => router.settings.offers.offers;
  return {
    offers: async () => {
      const known = new Set(offers().map(({ offer }) => offer));
      const languages = await files.languages((offer) => known.has(offer));
      return offers().map(({ offer, name, kind, partner, url }) => {
        const spoken = languages.get(offer) ?? [];
        return { offer, name, kind, partner, hasPage: spoken.length > 0, languages: spoken, url };
      });
    },
    read: async (offer, language) => {
      // The page of an offer that is called so, not a translation.
      if (language !== 'en' && offers().some((one) => one.offer === `${offer}.${language}`)) return undefined;
      const page = await files.read(offer, language);
      return page === undefined ? undefined : { language, ...page };
    },
    write: ({ offer, language, ...page }) => files.write(offer, language, page),
    caller: (decisionId) => callerOf(decisionId, { router, database }),
  };
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
