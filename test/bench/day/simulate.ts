// One simulated day under one policy: a discrete-event simulation from the first call to the last caller gone.
import { BoardBuilder } from '../../../src/callcenter/index.js';
import { createDecider } from '../../../src/decision/index.js';
import { skillFactor } from '../../../src/decision/skill.js';
import type { Board, Destination } from '../../../src/callcenter/index.js';
import type { Settings } from '../../../src/config/index.js';
import type { Decider, OfferOnCall, RouteStep } from '../../../src/decision/index.js';
import { hourlyShare } from './calls.js';
import { SimulatedCentres } from './centres.js';
import { EventQueue } from './event-queue.js';
import type { DayCall } from './calls.js';
import type { Member } from './centres.js';
import type { Policy } from './policies.js';

export interface DayResult {
  /** Propensity x value x conversion of the offers presented to callers who stayed, minus the cost of the calls served. */
  readonly value: number;
  readonly valueByHour: readonly number[];
  /** Until an agent or a program answered, or the caller hung up; of all callers. */
  readonly meanWaitSeconds: number;
  /** 0..1 */
  readonly abandoned: number;
  /** Calls on which an offer was presented, 0..1. */
  readonly presented: number;
}

export class SimulatedDay {
  readonly #settings: Settings;
  readonly #decider: Decider;
  readonly #builder: BoardBuilder;
  readonly #centres: SimulatedCentres;
  readonly #events = new EventQueue();
  readonly #calls: readonly DayCall[];
  readonly #offerSteps: ReadonlyMap<string, readonly RouteStep[]>;
  readonly #valueByHour = hourlyShare.map(() => 0);
  readonly #offers = new Map<Member, OfferOnCall | undefined>();
  #waited = 0;
  #abandoned = 0;
  #presented = 0;

  constructor(settings: Settings, calls: readonly DayCall[]) {
    this.#settings = settings;
    this.#calls = calls;
    this.#decider = createDecider(settings);
    this.#builder = new BoardBuilder(this.#decider.destinations);
    this.#centres = new SimulatedCentres(this.#decider.destinations);
    this.#offerSteps = this.#everyOfferStep();
  }

  run(policy: Policy): DayResult {
    this.#calls.forEach((call, i) => this.#events.add(call.at, () => this.#arrive(policy, i)));
    this.#events.run();
    const count = this.#calls.length;
    return {
      value: this.#valueByHour.reduce((sum, one) => sum + one, 0),
      valueByHour: this.#valueByHour,
      meanWaitSeconds: this.#waited / count,
      abandoned: this.#abandoned / count,
      presented: this.#presented / count,
    };
  }

  #everyOfferStep(): Map<string, readonly RouteStep[]> {
    return new Map(
      this.#settings.offers.offers.map((one) => [
        one.offer,
        one.presentations.flatMap(({ presentation, destinations }) =>
          destinations.flatMap((id): RouteStep[] => {
            const destination = this.#decider.destinationById.get(id);
            if (destination === undefined) return [];
            const offer = { offerCode: one.offer, offerUrl: one.url, kind: one.kind, presentation };
            return [{ target: { kind: 'destination', destination }, offer }];
          }),
        ),
      ]),
    );
  }

  /** The board of the real builder, with queues as a live feed reads them. */
  #board(now: number): Board {
    const board = this.#builder.snapshot(now, now);
    const states = board.states.map((state, index) => {
      const destination = this.#decider.destinations[index];
      return destination?.kind === 'queue' ? { ...state, ...this.#centres.stateOf(destination.id) } : state;
    });
    return { ...board, states };
  }

  #arrive(policy: Policy, index: number): void {
    const call = this.#calls[index] as DayCall;
    const now = call.at;
    const board = this.#board(now);
    const situation = { decider: this.#decider, call, board, now, offerSteps: this.#offerSteps };
    for (const step of policy.steps(situation)) {
      if (step.target.kind === 'overflow') break;
      if (this.#tryStep(index, step.target.destination, step.offer)) return;
    }
    this.#abandoned++;
  }

  /** False when a program has no free port, or none for the partner. */
  #tryStep(index: number, destination: Destination, offer: OfferOnCall | undefined): boolean {
    const call = this.#calls[index] as DayCall;
    if (destination.kind === 'queue') {
      this.#join(index, destination, offer);
      return true;
    }
    const state = this.#builder.snapshot(call.at, call.at).states[destination.index];
    const quota = destination.quotas[call.partner] ?? Infinity;
    if (state?.freeServers === 0 || (state?.portsInUse?.[call.partner] ?? 0) >= quota) return false;
    this.#builder.callStarted(destination.id, call.partner);
    this.#count(call, destination, offer);
    this.#events.add(call.at + call.work * destination.handlingTimeSeconds, () => {
      this.#builder.callEnded(destination.id, call.partner);
    });
    return true;
  }

  #join(index: number, destination: Destination, offer: OfferOnCall | undefined): void {
    const call = this.#calls[index] as DayCall;
    const member: Member = { call: index, destination, joinedAt: call.at, isGone: false };
    this.#offers.set(member, offer);
    const group = this.#centres.join(member);
    if (group !== undefined) {
      this.#serve(member, group, call.at);
      return;
    }
    this.#events.add(call.at + call.patienceSeconds, () => {
      if (member.isGone) return;
      this.#centres.leave(member);
      this.#offers.delete(member);
      this.#abandoned++;
      this.#waited += call.patienceSeconds;
    });
  }

  #serve(member: Member, group: object, now: number): void {
    const call = this.#calls[member.call] as DayCall;
    member.isGone = true;
    this.#waited += now - member.joinedAt;
    this.#count(call, member.destination, this.#offers.get(member));
    this.#offers.delete(member);
    const end = now + call.work * member.destination.handlingTimeSeconds;
    this.#events.add(end, () => {
      const next = this.#centres.done(group);
      if (next !== undefined) this.#serve(next, group, end);
    });
  }

  #count(call: DayCall, destination: Destination, offer: OfferOnCall | undefined): void {
    const hour = Math.min(hourlyShare.length - 1, Math.floor(call.at / 3600));
    let value = -destination.costPerCall;
    if (offer !== undefined) {
      this.#presented++;
      const ranked = call.strategy?.offers.find((one) => one.offerCode === offer.offerCode);
      const settings = this.#settings.offers.offers.find((one) => one.offer === offer.offerCode);
      const way = settings?.presentations.find((one) => one.presentation === offer.presentation);
      const expected = (ranked?.propensity ?? 0) * (ranked?.value ?? 0);
      value += expected * (way?.conversion ?? 0) * skillFactor(destination.skillLevel);
    }
    this.#valueByHour[hour] = (this.#valueByHour[hour] ?? 0) + value;
  }
}
