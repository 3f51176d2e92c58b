// A contact as it is kept: what was decided for it, and how it stands.
import type { Decision } from '../decision/index.js';
import type { CtiPairs } from '../offers/index.js';
import type { ContactMedium, ContactState, ContactView } from './contact.js';
import { presentationOf, targetOf } from './contact-plan.js';
import type { ContactPlan } from './contact-plan.js';
import type { ExposureOf } from './contact-lines.js';

export interface ContactFacts {
  readonly contactId: string;
  readonly partner: string;
  readonly medium: ContactMedium;
  readonly customer: string | undefined;
  /** Id of the destination that it was sent to. */
  readonly destination: string;
  readonly offer: string | undefined;
  readonly presentation: string | undefined;
  readonly reason: string;
  readonly failOpen: readonly string[];
  /** Wall clock, in milliseconds. */
  readonly createdAt: number;
}

/** How a contact stands. */
export interface ContactStanding {
  state: ContactState;
  /** The disposition code that it was accepted or declined with. */
  code: string | undefined;
}

/** As the records have it, of a contact that is not in memory: another router's, or of before a restart. */
export interface RecordedContact extends ContactFacts, ContactStanding {}

export interface OpenContact {
  readonly facts: ContactFacts;
  readonly standing: ContactStanding;
  readonly expiresAt: number;
  readonly context: Readonly<Record<string, string>>;
  readonly pairs: CtiPairs | undefined;
}

export function factsOf(
  decision: Decision,
  medium: ContactMedium,
  createdAt: number,
): ContactFacts | undefined {
  const step = decision.steps.find(({ target }) => target.kind === 'destination');
  if (step?.target.kind !== 'destination') return undefined;
  return {
    contactId: decision.decisionId,
    partner: decision.partner,
    medium,
    customer: decision.customer,
    destination: step.target.destination.id,
    offer: step.offer?.offerCode,
    presentation: step.offer?.presentation,
    reason: decision.reason,
    failOpen: decision.failOpen,
    createdAt,
  };
}

/** Undefined for a contact without an offer. */
export function exposureOf({ offer, presentation, destination }: ContactFacts): ExposureOf | undefined {
  return offer === undefined || presentation === undefined ? undefined : { offer, presentation, destination };
}

/** Undefined when the settings do not have any more what it was sent to. */
export function viewOf(plan: ContactPlan, contact: OpenContact): ContactView | undefined {
  const { facts, standing, expiresAt } = contact;
  const { contactId, partner, medium, reason, failOpen, createdAt } = facts;
  const destination = plan.deciders[medium].destinationById.get(facts.destination);
  if (destination === undefined) return undefined;
  const settings = facts.offer === undefined ? undefined : plan.offers.get(facts.offer);
  const kind =
    facts.offer === undefined || facts.presentation === undefined
      ? undefined
      : presentationOf(plan, facts.offer, facts.presentation)?.kind;
  return {
    contactId,
    partner,
    medium,
    state: standing.state,
    offer:
      settings === undefined
        ? null
        : { offer: settings.offer, name: settings.name, kind: settings.kind, url: settings.url },
    presentation: facts.presentation ?? null,
    target: targetOf(destination, medium, kind),
    pairs: pairsOf(plan, contact),
    reason,
    failOpen,
    createdAt,
    expiresAt,
  };
}

/** What was given comes back, but never in place of what we say. */
function pairsOf(plan: ContactPlan, { facts, context, pairs }: OpenContact): Record<string, string> {
  const { contactId, customer, offer } = facts;
  const settings = offer === undefined ? undefined : plan.offers.get(offer);
  const own: Record<string, string> = { decisionId: contactId };
  if (settings?.kind === 'sales') Object.assign(own, { offerCode: settings.offer, offerUrl: settings.url });
  if (settings?.kind === 'service')
    Object.assign(own, { serviceOfferCode: settings.offer, serviceOfferUrl: settings.url });
  if (customer !== undefined) own['customerRef'] = customer;
  return { ...context, ...pairs, ...own };
}
