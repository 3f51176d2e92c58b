// config/offers.yaml: products, offers on them, and the ways each offer is presented.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { MenuSchema } from './menus.js';
import { ChatTarget, closed, DateText, DestinationRef, Id, OneOf, WebUrl } from './primitives.js';
import { SkillSteps } from './skills.js';

export const ProductSchema = Type.Object(
  {
    product: Id('the id of the product'),
    name: Type.String({ minLength: 1, description: 'the name people read' }),
    family: Type.Optional(
      Id('the product family, for limits over like products; default the product itself'),
    ),
    active: Type.Boolean({ default: true, description: 'false: its offers are ranked for nobody' }),
    availableFrom: Type.Optional(DateText('first day its offers are ranked')),
    availableUntil: Type.Optional(DateText('last day its offers are ranked')),
    regions: Type.Array(Type.String({ minLength: 1, description: 'a region' }), {
      default: [],
      uniqueItems: true,
      description: 'regions of customers it is sold in; empty: everywhere',
    }),
  },
  closed,
);

export const PresentationSchema = Type.Object(
  {
    presentation: Id('the id of the presentation, unique in its offer'),
    kind: OneOf(['agent', 'ivr', 'page', 'chat', 'callback'], {
      description:
        'agent: a queue with a script; ivr: an IVR program; page: a web page; chat: a chat queue; callback: a queue that calls back',
    }),
    conversion: Type.Number({
      minimum: 0,
      maximum: 10,
      default: 1,
      description:
        'factor on the propensity when presented this way by agents of skillLevel 5, or by the program',
    }),
    destinations: Type.Array(DestinationRef, {
      default: [],
      uniqueItems: true,
      description:
        'queues (kind agent, chat, callback) or programs (kind ivr), in the order that breaks ties; none for a page',
    }),
    url: Type.Optional(WebUrl('kind page: the page that presents the offer')),
    target: Type.Optional(
      ChatTarget('kind chat: a chat queue of another system, by its name there; instead of destinations'),
    ),
    minSkillLevel: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10, description: 'queues of a lower skillLevel are left out' }),
    ),
    requires: Type.Optional(
      SkillSteps(
        'kind agent: skills that the agents of this presentation need; each of its queues gets a queue of its own for it, <queue>.<offer>.<presentation>',
      ),
    ),
    menu: Type.Optional(
      Id('kind ivr: the menu that the program runs; without one the centre runs a program of its own'),
    ),
  },
  closed,
);

export const OfferSchema = Type.Object(
  {
    offer: Id('the code of the offer, unique over all partners; travels with the call as X-Offer-ID'),
    partner: Id('the partner whose offer it is'),
    product: Id('the product it proposes'),
    kind: Type.Union([Type.Literal('sales'), Type.Literal('service')], {
      default: 'sales',
      description: 'service: made while a service alert is open on the account, ahead of any sale',
    }),
    name: Type.String({ minLength: 1, description: 'the name people read' }),
    value: Type.Number({
      minimum: 0,
      maximum: 1_000_000,
      description: 'net present value of a sale, in the partner’s currency',
    }),
    url: WebUrl('script of the offer; travels as X-Offer-URL'),
    mandatory: Type.Boolean({
      default: false,
      description: 'true: skips the comparison of values, never the gates',
    }),
    killSwitch: Type.Boolean({ default: false, description: 'true: this offer is made to nobody' }),
    waitCapSeconds: Type.Number({
      minimum: 0,
      maximum: 3600,
      default: 60,
      description: 'a caller is never moved to a queue for this offer whose wait is longer, in seconds',
    }),
    minConfidence: Type.Union([Type.Literal('claimed'), Type.Literal('trusted'), Type.Literal('verified')], {
      default: 'claimed',
      description: 'least confidence in the caller’s identity that the offer needs',
    }),
    presentations: Type.Array(PresentationSchema, {
      minItems: 1,
      description: 'ways to put the offer to a caller',
    }),
  },
  closed,
);

export const OffersSchema = Type.Object(
  {
    products: Type.Array(ProductSchema, { minItems: 1, description: 'every product' }),
    offers: Type.Array(OfferSchema, {
      minItems: 1,
      description: 'every offer, in the order that breaks ties',
    }),
    menus: Type.Array(MenuSchema, { default: [], description: 'what IVR presentations say and ask' }),
  },
  closed,
);

export type Product = Static<typeof ProductSchema>;
export type Presentation = Static<typeof PresentationSchema>;
export type Offer = Static<typeof OfferSchema>;
export type OffersSettings = Static<typeof OffersSchema>;
