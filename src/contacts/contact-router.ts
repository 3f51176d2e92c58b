// Contacts that are not phone calls: the same decision as a call's, for a page, a chat queue or a call back, and what becomes of it.
// Whatever fails inside, the answer is plain service within the deadline.
import type { Board } from '../callcenter/index.js';
import type { Partner, Settings } from '../config/index.js';
import { DiversionWindow, seedOf } from '../decision/index.js';
import type { Decision, DecisionInput, PlainServiceInput } from '../decision/index.js';
import { errorMessage, randomUuid } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import { learnedFromIvr } from '../offers/index.js';
import type { DigitsMatcher, LearnedOffer, StrategyReader } from '../offers/index.js';
import type { Registry } from 'prom-client';
import type { ContactRequest, ContactView, CreateAnswer, EventAnswer, GivenEvent } from './contact.js';
import { identifyContact } from './contact-identity.js';
import type { Identified } from './contact-identity.js';
import { decisionLine, exposureLine, outcomeLine } from './contact-lines.js';
import type { ExposureEnd, Line } from './contact-lines.js';
import { boardFor, compileContactPlan, plainPlace } from './contact-plan.js';
import type { ContactPlan } from './contact-plan.js';
import { ContactTable } from './contact-table.js';
import { codeOf } from './event-code.js';
import { transitions } from './event-machine.js';
import type { ExposureAction } from './event-machine.js';
import { ContactMetrics } from './metrics.js';
import { exposureOf, factsOf, viewOf } from './open-contact.js';
import type { ContactFacts, OpenContact, RecordedContact } from './open-contact.js';

export interface ContactRouterOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  readonly store: StrategyReader;
  readonly matcher: DigitsMatcher;
  /** The settings of now, with the board that is made from them. */
  readonly current: () => { readonly settings: Settings; readonly board: Board };
  /** A chat or a text is on its way to a queue. */
  readonly reserve: (destination: string, partner: string, contactId: string) => void;
  /** The decision log. */
  readonly lines: { add(line: Line): void };
  readonly phonesOf: (partner: string, customer: string) => Promise<readonly string[]>;
  /** Contacts of other routers and of before a restart; rejects where nobody can tell. Absent: there are no records. */
  readonly find?: ((contactId: string) => Promise<RecordedContact | undefined>) | undefined;
  /** Corrects the customer's strategy at once. It does not throw. */
  readonly learn: (partner: string, customer: string, entries: readonly LearnedOffer[]) => void;
  readonly newContactId?: () => string;
  readonly random?: () => number;
}

interface Decided {
  readonly decision: Decision;
  readonly input: DecisionInput | PlainServiceInput;
}

/** Whose contact it is, and where plain service of it goes. */
interface Placed {
  readonly plan: ContactPlan;
  readonly partner: Partner;
  readonly place: string;
}

/** Digits are answered at a multiple of some time, so that it tells nothing: the deadline of the records is not all of it. */
const digitsGraceMs = 250;

export class ContactRouter {
  readonly #options: ContactRouterOptions;
  readonly #table: ContactTable;
  readonly #metrics: ContactMetrics;
  /** Apart from the calls', whose diversion cap contacts do not use up. */
  readonly #diverted = new DiversionWindow();
  #plan: ContactPlan | undefined;

  constructor(options: ContactRouterOptions) {
    this.#options = options;
    this.#table = new ContactTable({ clock: options.clock, onExpired: (contact) => this.#expired(contact) });
    this.#metrics = new ContactMetrics(options.registry, () => this.#table.size);
  }

  async create(request: ContactRequest): Promise<CreateAnswer> {
    const { clock, newContactId = randomUuid } = this.#options;
    const receivedAt = clock.now();
    const before = this.#placeOf(request);
    if ('kind' in before) return before;
    const contactId = newContactId();
    const identified = await this.#identify(request, before.partner, before.plan);
    // The settings may be others by now, and the board is of those: a decider reads a board of its own settings alone.
    const now = this.#placeOf(request);
    if ('kind' in now) return now;
    const { plan, partner, place } = now;
    const decided = this.#decide({ plan, request, contactId }, identified);
    const decisionMs = clock.now() - receivedAt;
    const createdAt = clock.wallNow();
    const facts = (decided && factsOf(decided.decision, request.medium, createdAt)) ?? {
      ...{ contactId, partner: partner.partner, medium: request.medium, customer: undefined, createdAt },
      ...{ destination: place, offer: undefined, presentation: undefined },
      ...{ reason: 'decision-failure', failOpen: ['decision-failure'] },
    };
    const contact: OpenContact = {
      facts,
      standing: { state: 'open', code: undefined },
      expiresAt: createdAt + lifetimeMs(partner),
      context: request.context,
      pairs: identified?.pairs,
    };
    this.#table.add(contact);
    this.#record(plan, request, contact, { decided, decisionMs });
    const view = viewOf(plan, contact);
    return view === undefined ? { kind: 'medium-not-taken' } : { kind: 'created', contact: view };
  }

  /** @throws what the records throw, of a contact that is not in memory */
  async find(contactId: string): Promise<ContactView | undefined> {
    const plan = this.#currentPlan();
    const contact = await this.#contactOf(plan, contactId);
    return contact && viewOf(plan, contact);
  }

  /** @throws what the records throw, of a contact that is not in memory */
  async event(contactId: string, given: GivenEvent): Promise<EventAnswer> {
    const plan = this.#currentPlan();
    const contact = await this.#contactOf(plan, contactId);
    const answer =
      contact === undefined ? { kind: 'unknown-contact' as const } : this.#take(plan, contact, given);
    this.#metrics.event(given.event, answer.kind);
    return answer;
  }

  stop(): void {
    this.#table.stop();
  }

  #currentPlan(): ContactPlan {
    const { settings } = this.#options.current();
    if (this.#plan?.settings !== settings) this.#plan = compileContactPlan(settings);
    return this.#plan;
  }

  #placeOf({ partner: wanted, medium }: ContactRequest): Placed | Exclude<CreateAnswer, { kind: 'created' }> {
    const plan = this.#currentPlan();
    const partner = plan.partners.get(wanted);
    if (partner === undefined) return { kind: 'unknown-partner' };
    const place = plainPlace(plan, medium, partner);
    return place === undefined ? { kind: 'medium-not-taken' } : { plan, partner, place };
  }

  /** Undefined when the deadline came first. */
  #identify(request: ContactRequest, partner: Partner, plan: ContactPlan): Promise<Identified | undefined> {
    const { clock } = this.#options;
    const { routing, records } = plan.settings.process;
    const { secret, customer, phone } = request.identity;
    const asksRecords = secret !== undefined || (customer !== undefined && phone === undefined);
    const deadlineMs =
      routing.decisionDeadlineMs + (asksRecords ? records.identifyDeadlineMs + digitsGraceMs : 0);
    return new Promise((resolve) => {
      const deadline = clock.after(deadlineMs, 'contact-deadline', () => resolve(undefined));
      void identifyContact(request.identity, partner, this.#options).then((identified) => {
        deadline.cancel();
        resolve(identified);
      });
    });
  }

  /** Undefined when deciding itself broke. */
  #decide(
    { plan, request, contactId }: { plan: ContactPlan; request: ContactRequest; contactId: string },
    identified: Identified | undefined,
  ): Decided | undefined {
    const { clock, current, random = Math.random, log } = this.#options;
    const { medium, partner, identity } = request;
    const decider = plan.deciders[medium];
    const seedText = identity.phone ?? identity.customer ?? identity.account;
    try {
      const base = {
        decisionId: contactId,
        partner,
        board: boardFor(plan, medium, current().board),
        now: clock.now(),
        seed: seedText === undefined ? random() : seedOf(seedText),
      };
      if (identified === undefined) {
        const input = { ...base, reason: 'deadline', failOpen: ['deadline'] };
        return { input, decision: decider.plainService(input) };
      }
      const input = {
        ...base,
        identity: identified.identity,
        lookup: identified.lookup,
        divertedShare: this.#diverted.share,
      };
      return { input, decision: decider.decide(input) };
    } catch (error) {
      log.error({ error: errorMessage(error), decisionId: contactId }, 'decision failed, plain service');
      return undefined;
    }
  }

  #record(
    plan: ContactPlan,
    { medium, source, identity: { phone } }: ContactRequest,
    { facts }: OpenContact,
    { decided, decisionMs }: { decided: Decided | undefined; decisionMs: number },
  ): void {
    const { lines, reserve } = this.#options;
    const { personalData } = plan.settings.process.log;
    const { offer, destination } = facts;
    const decider = plan.deciders[medium];
    if (decided !== undefined) {
      this.#diverted.add(decided.decision.offer?.kind === 'sales');
      lines.add(decisionLine({ ...decided, decider, source, phone, personalData, decisionMs }));
    }
    this.#metrics.created(
      { medium, offer: offer ?? 'none', arm: decided?.decision.arm ?? 'none' },
      decisionMs,
      facts.failOpen,
    );
    lines.add(outcomeLine(this.#lineFacts(facts), { destination, offer, durationMs: decisionMs }));
    this.#write(facts, { state: 'reserved' });
    const { kind } = decider.destinationById.get(destination) ?? {};
    if (kind === 'queue') reserve(destination, facts.partner, facts.contactId);
  }

  async #contactOf(plan: ContactPlan, contactId: string): Promise<OpenContact | undefined> {
    const known = this.#table.get(contactId);
    if (known !== undefined) return known;
    const found = await this.#options.find?.(contactId);
    // Another request may have brought it meanwhile, and heard of it since.
    const meanwhile = this.#table.get(contactId);
    if (meanwhile !== undefined || found === undefined) return meanwhile;
    const partner = plan.partners.get(found.partner);
    const { state, code, ...facts } = found;
    const expiresAt = found.createdAt + (partner === undefined ? 0 : lifetimeMs(partner));
    const contact = { facts, standing: { state, code }, expiresAt, context: {}, pairs: undefined };
    if (expiresAt > this.#options.clock.wallNow()) this.#table.add(contact);
    return contact;
  }

  #take(plan: ContactPlan, contact: OpenContact, given: GivenEvent): EventAnswer {
    const { facts, standing } = contact;
    const partner = plan.partners.get(facts.partner);
    const view = () => viewOf(plan, contact);
    if (partner === undefined || view() === undefined) return { kind: 'unknown-contact' };
    if (contact.expiresAt <= this.#options.clock.wallNow()) return { kind: 'expired' };
    if (facts.offer === undefined && given.event !== 'left') return { kind: 'no-offer' };
    const code = codeOf(given, partner.dispositions);
    if (code !== undefined && code.kind !== 'code') return code;
    const transition = transitions[standing.state][given.event];
    const saysOther = code !== undefined && standing.code !== undefined && standing.code !== code.code;
    const answer = (kind: 'recorded' | 'unchanged' | 'conflict'): EventAnswer => {
      const now = view();
      return now === undefined ? { kind: 'unknown-contact' } : { kind, contact: now };
    };
    if (transition === 'conflict' || (transition === null && saysOther)) return answer('conflict');
    if (transition === null) return answer('unchanged');
    standing.state = transition.to;
    standing.code = code?.code;
    this.#act(plan, contact, transition.action, given);
    return answer('recorded');
  }

  #act(
    plan: ContactPlan,
    { facts, standing }: OpenContact,
    action: ExposureAction | undefined,
    { event, note }: GivenEvent,
  ): void {
    if (action === 'confirm') this.#write(facts, { state: 'confirmed' });
    if (action === 'release') this.#write(facts, { state: 'released', result: 'abandoned' });
    if (action !== 'conclude' || (event !== 'accepted' && event !== 'declined')) return;
    const { code = event } = standing;
    this.#write(facts, { state: 'concluded', result: event, code, note });
    const { customer, partner, offer = '' } = facts;
    const dispositions = plan.partners.get(partner)?.dispositions;
    if (customer === undefined || dispositions === undefined) return;
    const said = { offerCode: offer, result: event, code, at: this.#options.clock.wallNow() };
    this.#options.learn(partner, customer, learnedFromIvr(said, dispositions, plan.settings.offers));
  }

  #write(facts: ContactFacts, end: ExposureEnd): void {
    const of = exposureOf(facts);
    if (of !== undefined) this.#options.lines.add(exposureLine(this.#lineFacts(facts), of, end));
  }

  #lineFacts({ contactId, partner, medium }: ContactFacts) {
    return { wallNow: this.#options.clock.wallNow(), contactId, partner, medium };
  }

  #expired({ facts, standing }: OpenContact): void {
    if (standing.state === 'open') this.#write(facts, { state: 'released', result: 'unknown' });
  }
}

function lifetimeMs({ web }: Partner): number {
  return (web?.lifetimeMinutes ?? 60) * 60_000;
}
