// What agents ask of their desks over HTTP: answers are values, so that the API turns each into one status.
import type { Clock } from '../../kernel/index.js';
import type { Audit } from '../access/audit.js';
import { actorOf } from '../access/principal.js';
import type { Principal } from '../access/principal.js';
import type { DeskAgent } from '../live/desk-state.js';
import type { AgentCall } from './desk-calls.js';
import type { DeskPorts, PresentedAnswer, WeighedOffer } from './desk-ports.js';
import type { DeskStatusName } from './desk-status.js';
import type { DeskToday, OfferForCaller, OpenOnDesk } from './desk-view.js';
import { placesOf } from './desk.js';
import type { Desk } from './desk.js';
import { expectedValueOf, isAllowed, notNowWords, reasonsFor } from './offer-words.js';
import type { WordLanguage } from './offer-words.js';

type Person = Extract<Principal, { kind: 'person' }>;

export interface DeskOperationsParts {
  readonly desk: Desk;
  readonly ports: DeskPorts;
  readonly clock: Clock;
  /** Undefined where there are no records. */
  readonly audit?: Audit | undefined;
}

export class DeskOperations {
  readonly #parts: DeskOperationsParts;

  constructor(parts: DeskOperationsParts) {
    this.#parts = parts;
  }

  /** Undefined for a person who is no agent of a centre. Not audited: the centre is to hear it at once, database or not. */
  setStatus(person: Person, status: DeskStatusName): readonly DeskAgent[] | undefined {
    const { desk } = this.#parts;
    if (person.centreAgents.length === 0) return undefined;
    for (const seat of person.centreAgents) desk.status.ask(...placesOf(seat), status);
    return desk.agentsOf(person);
  }

  /** Undefined without records. Rejects while they are down. */
  async today({ agent }: Person): Promise<DeskToday | undefined> {
    const midnight = new Date(this.#parts.clock.wallNow()).setHours(0, 0, 0, 0);
    return this.#parts.ports.records?.today(agent, midnight);
  }

  async undispositioned({ agent }: Person): Promise<readonly OpenOnDesk[] | undefined> {
    return this.#parts.ports.records?.undispositioned(agent);
  }

  /** Undefined for a call that the person does not have, or of another router. */
  offers(person: Person, decisionId: string, language: WordLanguage): readonly OfferForCaller[] | undefined {
    const { ports } = this.#parts;
    const call = this.#callOf(person, decisionId);
    const known = call?.known;
    if (call === undefined || known === undefined) return undefined;
    const ranked = [...known.offers].sort(byPromise);
    return ranked.map((one, index): OfferForCaller => {
      const offer = ports.offerOf(one.offer);
      const rank = index + 1;
      return {
        offer: one.offer,
        name: offer?.name ?? one.offer,
        kind: offer?.kind ?? 'sales',
        rank,
        propensity: one.propensity ?? null,
        value: one.offerValue ?? null,
        expectedValue: expectedValueOf(one) ?? null,
        isAllowed: isAllowed(one),
        presentations: ports.presentationsOf(known.partner, one.offer, call.centre),
        reasons: reasonsFor(one, rank, ranked.length, language),
        notNow: notNowWords(one, language),
      };
    });
  }

  async presented(person: Person, decisionId: string, offer: string): Promise<PresentedAnswer> {
    const { desk, ports, audit } = this.#parts;
    const call = this.#callOf(person, decisionId);
    if (call === undefined) return { kind: 'unknown-call' };
    if (call.known === undefined) {
      return { kind: 'not-yours', message: 'another router has the call: what is presented is noted there' };
    }
    if (call.state === 'ringing') {
      return { kind: 'not-yours', message: 'the call still rings: nothing can have been presented' };
    }
    const weighed = call.known.offers.find((one) => one.offer === offer);
    if (weighed !== undefined && !isAllowed(weighed)) {
      return {
        kind: 'not-entitled',
        message: `${offer}: ${notNowWords(weighed, 'en') ?? 'not for this caller'}`,
      };
    }
    const { centre, queue, agent, state, seat } = call;
    const answer = ports.present(decisionId, { centre, queue, agent, isOver: state === 'over' }, offer);
    if (answer.kind === 'done') {
      desk.calls.presents(seat, decisionId, offer);
      await audit?.write(actorOf(person), 'offer-presented', decisionId, { offer }).catch(() => undefined);
    }
    return answer;
  }

  /** False for a call that is not over on this person's desk. */
  dismiss(person: Person, decisionId: string): boolean {
    const { calls } = this.#parts.desk;
    return person.centreAgents.some((seat) => calls.dismiss(seat, decisionId));
  }

  #callOf({ centreAgents }: Person, decisionId: string): AgentCall | undefined {
    const { calls } = this.#parts.desk;
    for (const seat of centreAgents) {
      const call = calls.get(seat, decisionId);
      if (call !== undefined) return call;
    }
    return undefined;
  }
}

/** What may be offered comes first, then what the customer asked for, then what promises most. */
function byPromise(a: WeighedOffer, b: WeighedOffer): number {
  return (
    Number(isAllowed(b)) - Number(isAllowed(a)) ||
    Number(b.isBoosted) - Number(a.isBoosted) ||
    (expectedValueOf(b) ?? 0) - (expectedValueOf(a) ?? 0)
  );
}
