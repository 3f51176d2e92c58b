// What the settings fix for contacts: a decider for each medium, made once for each set of settings.
import { withWebPlaces } from '../callcenter/index.js';
import type { Board, Destination } from '../callcenter/index.js';
import type { Offer, Partner, Presentation, Settings } from '../config/index.js';
import { createDecider, servedBy } from '../decision/index.js';
import type { Decider } from '../decision/index.js';
import type { ContactMedium, ContactTarget } from './contact.js';

export interface ContactPlan {
  readonly settings: Settings;
  readonly partners: ReadonlyMap<string, Partner>;
  readonly offers: ReadonlyMap<string, Offer>;
  readonly deciders: Readonly<Record<ContactMedium, Decider>>;
}

/** @throws what `createDecider` throws for settings that a checking loader would have refused */
export function compileContactPlan(settings: Settings): ContactPlan {
  return {
    settings,
    partners: new Map(settings.partners.partners.map((one) => [one.partner, one])),
    offers: new Map(settings.offers.offers.map((one) => [one.offer, one])),
    deciders: {
      web: createDecider(settings, { medium: 'web' }),
      chat: createDecider(settings, { medium: 'chat' }),
      text: createDecider(settings, { medium: 'text' }),
    },
  };
}

/** The board as a decider of the medium reads it. */
export function boardFor({ deciders }: ContactPlan, medium: ContactMedium, board: Board): Board {
  return withWebPlaces(board, deciders[medium].destinations);
}

/** Where plain service is given, without asking anybody: the first configured place; undefined where there is none. */
export function plainPlace(plan: ContactPlan, medium: ContactMedium, partner: Partner): string | undefined {
  if (partner.web === undefined) return undefined;
  return servedBy(medium, partner, plan.deciders[medium].destinationById)[0];
}

export function presentationOf(
  { offers }: ContactPlan,
  offer: string,
  presentation: string,
): Presentation | undefined {
  return offers.get(offer)?.presentations.find((one) => one.presentation === presentation);
}

/** @param kind of the presentation; undefined for plain service */
export function targetOf(
  { id, kind: place, uri }: Destination,
  medium: ContactMedium,
  kind: Presentation['kind'] | undefined,
): ContactTarget {
  if (place === 'page') return { kind: 'page', url: uri };
  if (place === 'chat') return { kind: 'chat', target: uri };
  if (kind === 'callback') return { kind: 'callback', queue: id, uri };
  return medium === 'text' ? { kind: 'queue', queue: id, uri } : { kind: 'chat', queue: id, uri };
}
