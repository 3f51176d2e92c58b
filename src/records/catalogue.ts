// The settings as the tables of the catalogue hold them.
import type { Settings } from '../config/index.js';
import type { Sql } from './database/sql.js';

const CALLBACK_WINDOW_HOURS = 4;
const CALLBACK_PROPENSITY = 0.5;

/**
 * Makes partners, products, offers and disposition codes the same as in the settings, all or nothing. What has left the settings
 * stays, since history refers to it, and is no longer current. Gives the number of rows that changed.
 * @throws RecordsUnavailableError, StatementRefusedError
 */
export async function syncCatalogue(database: Sql, settings: Settings): Promise<number> {
  const [row] = await database.query<{ changed: number }>('SELECT proffer.sync_catalogue($1) AS changed', [
    JSON.stringify(catalogueOf(settings)),
  ]);
  return row?.changed ?? 0;
}

function catalogueOf({ partners: { partners }, offers: { products, offers } }: Settings): object {
  return {
    partners: partners.map(({ partner, name, dispositions }) => ({
      partner,
      name,
      // 0: never.
      auto_wrap_seconds: dispositions.autoWrapSeconds === 0 ? null : dispositions.autoWrapSeconds,
      auto_wrap_code: dispositions.autoWrapCode,
      is_disposition_required: dispositions.requiredBeforeNextCall,
      ivr_codes: dispositions.ivrCodes,
    })),
    products: products.map(({ product, name, family = product }) => ({ product, name, family })),
    offers: offers.map(({ offer, partner, product, kind, name, value, url }) => ({
      offer,
      partner,
      product,
      kind,
      name,
      value,
      url,
    })),
    codes: partners.flatMap(({ partner, dispositions }) =>
      dispositions.codes.map((one, position) => ({
        partner,
        code: one.code,
        name: one.name,
        outcome: one.outcome,
        requires_note: one.requiresNote,
        cool_off_days: one.coolOffDays ?? null,
        counts_as_accepted: one.countsAsAccepted ?? one.outcome === 'accepted',
        callback_window_hours: one.callbackWindowHours ?? CALLBACK_WINDOW_HOURS,
        callback_propensity: one.callbackPropensity ?? CALLBACK_PROPENSITY,
        position,
      })),
    ),
  };
}
