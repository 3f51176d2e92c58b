// Digits that a caller entered, matched against the records database, and by the strategy store where the records know no account of
// the partner or do not answer.
import { CircuitBreaker, errorMessage } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import type {
  CtiPairs,
  DigitsMatch,
  DigitsMatcher,
  Strategy,
  StrategyLookup,
  StrategyReader,
} from '../../offers/index.js';
import type { Sql } from '../database/sql.js';
import { byDeadline } from '../deadline.js';
import type { Identify, IdentifyAnswer, IdentifyQuestion, OnIdentified } from './identify.js';
import { pairsOf } from './identify.js';

export interface RecordsDigitsMatcherOptions {
  readonly identify: Identify;
  /** Undefined while there is no database to ask. */
  readonly database: () => Sql | undefined;
  /** Strategies by phone number. */
  readonly reader: StrategyReader;
  /** Asked where the records know no account of the partner, or fail. */
  readonly store: DigitsMatcher;
  /** `records.identifyDeadlineMs` */
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onIdentified?: OnIdentified;
}

/** An answer goes out at a multiple of this after the question, in milliseconds: what it took tells nothing of what was found. */
export const answerQuantumMs = 50;

type Failure = Extract<DigitsMatch, { kind: 'failure' }>;
type Found = Extract<IdentifyAnswer, { match: 'person' | 'account' }>;
type Person = Extract<IdentifyAnswer, { match: 'person' }>;

export class RecordsDigitsMatcher implements DigitsMatcher {
  readonly #options: RecordsDigitsMatcherOptions;
  readonly #breaker: CircuitBreaker;

  constructor(options: RecordsDigitsMatcherOptions) {
    this.#options = options;
    this.#breaker = new CircuitBreaker(options.clock);
  }

  async match(partner: string, account: string, secret: string, caller?: string): Promise<DigitsMatch> {
    const { clock } = this.#options;
    const startedAt = clock.now();
    const match = await this.#match({ partner, account, secret, by: { caller } }, secret);
    const tookMs = clock.now() - startedAt;
    const waitMs = Math.max(1, Math.ceil(tookMs / answerQuantumMs)) * answerQuantumMs - tookMs;
    await new Promise<void>((resolve) => clock.after(waitMs, 'digits-answer', resolve));
    return match;
  }

  async #match(question: IdentifyQuestion, secret: string): Promise<DigitsMatch> {
    const answer = await this.#ask(question);
    const isElsewhere = 'kind' in answer || (answer.match === 'none' && answer.reason === 'no-accounts');
    if (!isElsewhere) return this.#matchOf(question.partner, answer);
    const { partner, account } = question;
    const match = await this.#options.store.match(partner, account, secret);
    // That the store does not know the account is no answer while the records may.
    return 'kind' in answer && match.kind === 'no-match' ? answer : match;
  }

  async #ask(question: IdentifyQuestion): Promise<IdentifyAnswer | Failure> {
    const { identify, clock, log, deadlineMs, onIdentified } = this.#options;
    const startedAt = clock.now();
    const database = this.#options.database();
    let answer: IdentifyAnswer | Failure;
    if (!identify.hasKey) answer = failure('PROFFER_IDENTITY_KEY is not set');
    else if (database === undefined) answer = failure('no records database');
    else if (!this.#breaker.allows()) answer = failure(this.#breaker.reason);
    else {
      try {
        answer = await byDeadline(clock, deadlineMs, identify.ask(database, question));
        this.#breaker.succeeded();
      } catch (error) {
        this.#breaker.failed(errorMessage(error));
        log.warn({ reason: errorMessage(error) }, 'records could not identify a caller');
        answer = failure(errorMessage(error));
      }
    }
    const told = 'kind' in answer ? ({ match: 'failure', reason: 'failure' } as const) : answer;
    onIdentified?.('caller', told, clock.now() - startedAt);
    return answer;
  }

  async #matchOf(partner: string, answer: IdentifyAnswer): Promise<DigitsMatch> {
    switch (answer.match) {
      case 'none':
        return { kind: 'no-match' };
      case 'blocked':
        return { kind: 'blocked', reason: 'too-many-tries' };
      case 'account':
        return { kind: 'account', ...known(answer, alertLookup(partner, answer) ?? { kind: 'miss' }) };
      case 'person':
        return { kind: 'person', ...known(answer, await this.#strategyOf(partner, answer)) };
    }
  }

  /** The strategy of the person, by the phone numbers that the records have; with what the records know of today. */
  async #strategyOf(partner: string, person: Person): Promise<StrategyLookup> {
    const { reader } = this.#options;
    const lookups = await Promise.all(person.phones.map((phone) => lookUp(reader, partner, phone)));
    for (const lookup of lookups) {
      const found = lookup.kind === 'stale' ? lookup.lookup : lookup;
      if (found.kind !== 'hit' || found.strategy.customer !== person.customerRef) continue;
      const hit = { ...found, strategy: withRecords(found.strategy, person) };
      return lookup.kind === 'stale' ? { ...lookup, lookup: hit } : hit;
    }
    const failed = lookups.find(({ kind }) => kind === 'failure');
    return alertLookup(partner, person) ?? failed ?? { kind: 'miss' };
  }
}

async function lookUp(reader: StrategyReader, partner: string, phone: string): Promise<StrategyLookup> {
  try {
    return await reader.lookup(partner, phone);
  } catch {
    return { kind: 'failure', reason: 'rejected' };
  }
}

function known(answer: Found, lookup: StrategyLookup): { lookup: StrategyLookup; pairs: CtiPairs } {
  return { lookup, pairs: pairsOf(answer) };
}

function failure(reason: string): Failure {
  return { kind: 'failure', reason };
}

const noFlags = { optOut: false, hardship: false, fraud: false, complaint: false, affiliateOptOut: false };

/**
 * The service offer of the alert that is open on the account, as a strategy of that offer alone; undefined when none is open. Without
 * a person the customer is ''.
 */
function alertLookup(partner: string, answer: Found): StrategyLookup | undefined {
  const { serviceOfferCode, serviceOfferValue = 0 } = answer;
  if (serviceOfferCode === undefined) return undefined;
  const flags = answer.match === 'person' ? answer.flags : noFlags;
  return {
    kind: 'hit',
    strategy: {
      partner,
      customer: answer.match === 'person' ? answer.customerRef : '',
      generation: 0,
      flags: { ...flags, serviceAlert: true },
      offers: [{ offerCode: serviceOfferCode, propensity: 1, value: serviceOfferValue }],
    },
    ageMs: 0,
  };
}

/** A flag that either has counts; an alert of today stands ahead of what was ranked. */
function withRecords(strategy: Strategy, person: Person): Strategy {
  const { flags, serviceOfferCode, serviceOfferValue = 0 } = person;
  const ranked = strategy.flags;
  const rest = strategy.offers.filter(({ offerCode }) => offerCode !== serviceOfferCode);
  return {
    ...strategy,
    flags: {
      optOut: ranked.optOut || flags.optOut,
      serviceAlert: ranked.serviceAlert || serviceOfferCode !== undefined,
      hardship: ranked.hardship || flags.hardship,
      fraud: ranked.fraud || flags.fraud,
      complaint: ranked.complaint || flags.complaint,
      affiliateOptOut: ranked.affiliateOptOut || flags.affiliateOptOut,
    },
    offers:
      serviceOfferCode === undefined
        ? strategy.offers
        : [{ offerCode: serviceOfferCode, propensity: 1, value: serviceOfferValue }, ...rest],
  };
}
