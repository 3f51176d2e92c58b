// The plan of one partner: everything of a decision that the settings fix, laid out for the loop that a call runs through.
import { AppError } from '../kernel/index.js';
import { presentedBy, servedBy } from './medium.js';
import { saltOf } from './rendezvous.js';
import { skillFactor } from './skill.js';
import type { Destination } from '../callcenter/index.js';
import type { Partner, Presentation, Settings } from '../config/index.js';
import type { CatalogueOffer, PartnerOffers } from '../offers/index.js';
import type { OfferOnCall, RouteStep } from './decision.js';
import type { Medium } from './medium.js';

/** Thrown when an offer or a partner names a destination that no centre has; a loader that checks lets none through. */
export class UnknownDestinationError extends AppError {
  constructor(destination: string, where: string) {
    super('DECISION_UNKNOWN_DESTINATION', `${where} names ${destination}, which no centre has`, {
      fields: { destination, where },
    });
  }
}

/** One presentation of an offer; the arrays run over its destinations in configured order. */
export interface PresentationPlan {
  readonly settings: Presentation;
  /** Slot of each destination in the plan. */
  readonly slots: Int32Array;
  /** `conversion x skillFactor` of each. */
  readonly conversion: Float64Array;
  readonly cost: Float64Array;
  /** 1: skilled enough. */
  readonly isSkilled: Uint8Array;
  /** `conversion` of those that are skilled enough, NaN of the others. */
  readonly factor: Float64Array;
  readonly weight: Float64Array;
  /** Some have weight 0. */
  readonly hasStandby: boolean;
  readonly steps: readonly RouteStep[];
}

export interface OfferPlan {
  readonly index: number;
  /** Of another partner than the call's. */
  readonly isAffiliate: boolean;
  readonly offer: CatalogueOffer['settings'];
  /** Those by which it reaches contacts of the plan's medium. */
  readonly presentations: readonly PresentationPlan[];
}

export interface PartnerPlan {
  readonly medium: Medium;
  readonly partner: Partner;
  /** The destinations that calls of this partner may go to; a slot is a position in this list. */
  readonly destinations: readonly Destination[];
  /** Slot by `Destination.index`; -1 for those that calls of this partner do not go to. */
  readonly slotByIndex: Int32Array;
  /** Centre of each slot, numbered from 0. */
  readonly centres: Int32Array;
  readonly centreCount: number;
  /** By slot: what its id adds to the hash that spreads calls; a derived queue is where its base is, so that callers keep their centre. */
  readonly salts: Int32Array;
  readonly offersByCode: ReadonlyMap<string, OfferPlan>;
  /** Whose it is, by code of every offer that calls of this partner are not entitled to; for words. */
  readonly foreignOffers: ReadonlyMap<string, string>;
  readonly serviceOffers: readonly OfferPlan[];
  /** Destinations of the presentation that has most. */
  readonly largestPresentation: number;
  /** Slots of the service queues in configured order. */
  readonly serviceSlots: Int32Array;
  readonly serviceSteps: readonly RouteStep[];
  readonly serviceValue: number;
  readonly overflowStep: RouteStep;
  readonly isKilled: boolean;
  readonly isKilledGlobally: boolean;
  readonly controlArmPercent: number;
  readonly diversionCapPercent: number;
}

/** Gives each destination that is asked for a slot. */
class Slots {
  readonly destinations: Destination[] = [];
  readonly #byId: ReadonlyMap<string, Destination>;
  readonly #slots = new Map<string, number>();

  constructor(byId: ReadonlyMap<string, Destination>) {
    this.#byId = byId;
  }

  of(id: string, where: string): number {
    const known = this.#slots.get(id);
    if (known !== undefined) return known;
    const destination = this.#byId.get(id);
    if (destination === undefined) throw new UnknownDestinationError(id, where);
    this.destinations.push(destination);
    this.#slots.set(id, this.destinations.length - 1);
    return this.destinations.length - 1;
  }

  get all(): ReadonlyMap<string, Destination> {
    return this.#byId;
  }

  at(slot: number): Destination {
    return this.destinations[slot] as Destination;
  }

  byIndex(): Int32Array {
    const slots = new Int32Array(this.#byId.size).fill(-1);
    this.destinations.forEach((destination, slot) => {
      slots[destination.index] = slot;
    });
    return slots;
  }
}

function stepTo(destination: Destination, offer: OfferOnCall | undefined): RouteStep {
  return { target: { kind: 'destination', destination }, offer };
}

function planPresentation(
  offer: CatalogueOffer,
  presentation: Presentation,
  ids: readonly string[],
  slots: Slots,
): PresentationPlan {
  const where = `offer ${offer.settings.offer}`;
  const own = ids.map((id) => slots.of(id, where));
  const destinations = own.map((slot) => slots.at(slot));
  const onCall: OfferOnCall = {
    offerCode: offer.settings.offer,
    offerUrl: offer.settings.url,
    kind: offer.settings.kind,
    presentation: presentation.presentation,
  };
  const isSkilled = (one: Destination): boolean => one.skillLevel >= (presentation.minSkillLevel ?? 0);
  const conversion = (one: Destination): number => presentation.conversion * skillFactor(one.skillLevel);
  return {
    settings: presentation,
    slots: Int32Array.from(own),
    conversion: Float64Array.from(destinations, conversion),
    factor: Float64Array.from(destinations, (one) => (isSkilled(one) ? conversion(one) : NaN)),
    cost: Float64Array.from(destinations, (one) => one.costPerCall),
    isSkilled: Uint8Array.from(destinations, (one) => (isSkilled(one) ? 1 : 0)),
    weight: Float64Array.from(destinations, (one) => one.weight),
    hasStandby: destinations.some((one) => one.weight === 0),
    steps: destinations.map((one) => stepTo(one, onCall)),
  };
}

function planPresentations(offer: CatalogueOffer, medium: Medium, slots: Slots): PresentationPlan[] {
  return offer.presentations.flatMap((one) => {
    const ids = presentedBy(medium, offer.settings.offer, one, slots.all);
    return ids.length === 0 ? [] : [planPresentation(offer, one, ids, slots)];
  });
}

/** Where contacts of a medium may go. */
export interface PlanPlaces {
  readonly medium: Medium;
  readonly byId: ReadonlyMap<string, Destination>;
}

/** @throws UnknownDestinationError */
export function compilePlan(
  settings: Settings,
  partner: Partner,
  offers: PartnerOffers,
  { medium, byId }: PlanPlaces,
): PartnerPlan {
  const slots = new Slots(byId);
  const offerPlans = offers.offers.map((offer) => ({
    index: offer.index,
    isAffiliate: offer.settings.partner !== partner.partner,
    offer: offer.settings,
    presentations: planPresentations(offer, medium, slots),
  }));
  const serviceSlots = servedBy(medium, partner, byId).map((id) =>
    slots.of(id, `partner ${partner.partner}`),
  );
  const centreNames = [...new Set(slots.destinations.map((one) => one.centre))];
  const policy = settings.process.decision;
  return {
    medium,
    partner,
    destinations: slots.destinations,
    slotByIndex: slots.byIndex(),
    centres: Int32Array.from(slots.destinations, (one) => centreNames.indexOf(one.centre)),
    centreCount: centreNames.length,
    salts: Int32Array.from(slots.destinations, (one) => saltOf(one.base ?? one.id)),
    foreignOffers: new Map(
      settings.offers.offers
        .filter((one) => !offers.byCode.has(one.offer))
        .map((one) => [one.offer, one.partner]),
    ),
    offersByCode: new Map(offerPlans.map((one) => [one.offer.offer, one])),
    serviceOffers: offerPlans.filter((one) => one.offer.kind === 'service'),
    largestPresentation: Math.max(
      0,
      ...offerPlans.flatMap((one) => one.presentations.map((each) => each.slots.length)),
    ),
    serviceSlots: Int32Array.from(serviceSlots),
    serviceSteps: serviceSlots.map((slot) => stepTo(slots.at(slot), undefined)),
    serviceValue: partner.serviceValue ?? 0,
    overflowStep: { target: { kind: 'overflow', uri: partner.overflowUri }, offer: undefined },
    isKilled: partner.killSwitch,
    isKilledGlobally: policy.killSwitch,
    controlArmPercent: partner.controlArmPercent ?? policy.controlArmPercent,
    diversionCapPercent: policy.diversionCapPercent,
  };
}
