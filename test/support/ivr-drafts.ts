// Changes of the demonstration settings that tests with IVR calls share.
import type { SettingsDraft } from './router-settings.js';

/** ACME-TRAVEL is told, and then its agents have the caller. */
export function toldAndSold(draft: SettingsDraft): void {
  const travel = draft.offers.offers?.find(({ offer }) => offer === 'ACME-TRAVEL');
  travel?.presentations?.push({
    presentation: 'agent',
    kind: 'agent',
    conversion: 0.1,
    destinations: ['east/acme-sales', 'west/acme-sales'],
  });
  draft.offers.menus = [
    {
      menu: 'listen-and-choose',
      start: 'offer',
      steps: [
        { step: 'offer', present: { prompts: ['tone:%(200,0,440)'] }, next: 'accepted' },
        { step: 'accepted', outcome: 'accepted', gotoQueue: 'sales' },
      ],
    },
  ];
}

/** Unknown callers of Acme are asked for account and secret; everything is logged, digits masked. */
export function asksForDigits(draft: SettingsDraft): void {
  Object.assign(draft.proffer, { log: { level: 'debug', personalData: false } });
  const prompts = ['tone:%(100,0,440)'];
  for (const partner of draft.partners.partners ?? []) {
    if (partner.partner !== 'acme') continue;
    partner.identification = {
      when: ['unknown'],
      programs: ['east/offer-ivr', 'west/offer-ivr'],
      account: { prompts, minDigits: 8, maxDigits: 8 },
      secret: { prompts, minDigits: 4, maxDigits: 6 },
      tries: 2,
      invalidPrompts: prompts,
    };
  }
}
