// Why an offer is likely, and why it is not made now, in words for agents. Words of each language stand in one table.
import type { GateName } from '../../decision/index.js';
import type { WeighedOffer } from './desk-ports.js';

export type WordLanguage = 'en' | 'es';

interface Words {
  readonly boosted: string;
  readonly often: (percent: string, oneIn: number) => string;
  readonly worth: (value: string) => string;
  readonly best: (expected: string) => string;
  readonly rank: (rank: number, of: number, expected: string) => string;
  readonly gates: Readonly<Partial<Record<GateName, string>>>;
  readonly otherGate: string;
}

const words: Readonly<Record<WordLanguage, Words>> = {
  en: {
    boosted: 'likely because the customer asked to be called back about it',
    often: (percent, oneIn) =>
      `likely because ${percent} of customers like this one take it (about 1 in ${oneIn})`,
    worth: (value) => `a sale is worth ${value}`,
    best: (expected) => `of all offers for this customer it promises most: ${expected} a call`,
    rank: (rank, of, expected) => `number ${rank} of ${of} by what it promises: ${expected} a call`,
    gates: {
      entitlement: 'this customer is not to be offered it',
      suppression: 'the customer was offered it lately',
      confidence: 'the caller is not known surely enough for it',
      'offer-kill-switch': 'the offer is switched off',
      'kill-switch': 'offers are switched off',
      'opt-out': 'the customer wants no offers',
      'control-arm': 'the customer is in the group that gets no offers, for comparison',
      'service-first': 'a fault on the account comes first',
      resources: 'nobody could present it when the call came',
      'wait-cap': 'the wait for it was too long when the call came',
      skill: 'no agent with the skill for it was there when the call came',
      'diversion-cap': 'enough calls get offers just now',
    },
    otherGate: 'it was left out when the call came',
  },
  es: {
    boosted: 'probable porque el cliente pidió que se le llamara por ella',
    often: (percent, oneIn) =>
      `probable porque la acepta el ${percent} de los clientes parecidos (cerca de 1 de cada ${oneIn})`,
    worth: (value) => `una venta vale ${value}`,
    best: (expected) =>
      `de todas las ofertas para este cliente es la que más promete: ${expected} por llamada`,
    rank: (rank, of, expected) => `número ${rank} de ${of} por lo que promete: ${expected} por llamada`,
    gates: {
      entitlement: 'no se debe ofrecer a este cliente',
      suppression: 'ya se le ofreció al cliente hace poco',
      confidence: 'no se conoce al cliente con suficiente certeza',
      'offer-kill-switch': 'la oferta está desactivada',
      'kill-switch': 'las ofertas están desactivadas',
      'opt-out': 'el cliente no quiere ofertas',
      'control-arm': 'el cliente está en el grupo de comparación, que no recibe ofertas',
      'service-first': 'primero va una avería de la cuenta',
      resources: 'nadie podía presentarla cuando entró la llamada',
      'wait-cap': 'la espera era demasiado larga cuando entró la llamada',
      skill: 'no había ningún agente con la habilidad necesaria cuando entró la llamada',
      'diversion-cap': 'ahora ya reciben ofertas bastantes llamadas',
    },
    otherGate: 'se dejó fuera cuando entró la llamada',
  },
};

/** Gates after which an agent may still make the offer: it lacked somebody to present it, not leave. */
const resourceGates: ReadonlySet<string> = new Set([
  'resources',
  'wait-cap',
  'skill',
  'arbitration',
  'diversion-cap',
]);

export function isAllowed({ removedBy }: Pick<WeighedOffer, 'removedBy'>): boolean {
  return removedBy === undefined || resourceGates.has(removedBy);
}

/** Propensity x value. */
export function expectedValueOf({ propensity, offerValue }: WeighedOffer): number | undefined {
  return propensity === undefined || offerValue === undefined ? undefined : propensity * offerValue;
}

/** What speaks for it. @param of offers in all */
export function reasonsFor(
  offer: WeighedOffer,
  rank: number,
  of: number,
  language: WordLanguage,
): readonly string[] {
  const say = words[language];
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumSignificantDigits: 2 });
  const { propensity, offerValue, isBoosted } = offer;
  const expected = expectedValueOf(offer);
  return [
    ...(isBoosted ? [say.boosted] : []),
    ...(propensity === undefined || propensity <= 0
      ? []
      : [say.often(percent.format(propensity), Math.max(1, Math.round(1 / propensity)))]),
    ...(offerValue === undefined ? [] : [say.worth(number.format(offerValue))]),
    ...(expected === undefined
      ? []
      : [rank === 1 ? say.best(number.format(expected)) : say.rank(rank, of, number.format(expected))]),
  ];
}

/** Why it is not made, or was not when the call came; null when nothing spoke against it. */
export function notNowWords(
  { removedBy, removedWhy }: Pick<WeighedOffer, 'removedBy' | 'removedWhy'>,
  language: WordLanguage,
): string | null {
  if (removedBy === undefined || removedBy === 'arbitration') return null;
  const say = words[language];
  const text = say.gates[removedBy] ?? say.otherGate;
  return removedWhy === undefined ? text : `${text} (${removedWhy})`;
}
