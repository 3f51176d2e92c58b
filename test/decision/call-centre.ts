// A small business to decide calls for: partner acme, centres east and west, each with a sales, a plain service and a repair
// queue and an IVR program.
import { BoardBuilder } from '../../src/callcenter/index.js';
import { createDecider } from '../../src/decision/index.js';
import type { Board } from '../../src/callcenter/index.js';
import type { Centre, Offer, Partner, Presentation, Queue, Settings } from '../../src/config/index.js';
import type { Decider, DecisionInput } from '../../src/decision/index.js';
import type { RankedOffer, Strategy, StrategyFlags, StrategyLookup } from '../../src/offers/index.js';
import { noFlags } from '../../src/strategy-store/codec/flags.js';

export function queue(id: string, changes: Partial<Queue> = {}): Queue {
  return {
    queue: id,
    staffedAgents: 5,
    handlingTimeSeconds: 240,
    skillLevel: 5,
    weight: 1,
    drain: false,
    queueStrategy: 'longest-idle-agent',
    serviceLevelSeconds: 20,
    ...changes,
  };
}

export function centre(id: string, queues: Queue[], ivrPools: Centre['ivrPools'] = []): Centre {
  const healthCheck = { intervalMs: 5000, timeoutMs: 2000, failuresToDown: 3, successesToUp: 2 };
  const port = id === 'east' ? 5071 : 5072;
  const common = { host: '127.0.0.1', transport: 'udp', drain: false } as const;
  return { ...common, agents: [], centre: id, port, healthCheck, queues, ivrPools };
}

export function presentation(
  id: string,
  destinations: string[],
  changes: Partial<Presentation> = {},
): Presentation {
  return { presentation: id, kind: 'agent', conversion: 1, destinations, ...changes };
}

export function offer(code: string, presentations: Presentation[], changes: Partial<Offer> = {}): Offer {
  return {
    offer: code,
    partner: 'acme',
    product: 'plan',
    kind: 'sales',
    name: code,
    value: 100,
    url: `https://offers.example/${code}`,
    mandatory: false,
    killSwitch: false,
    waitCapSeconds: 60,
    minConfidence: 'claimed',
    presentations,
    ...changes,
  };
}

const dispositions: Partner['dispositions'] = {
  codes: [{ code: 'accepted', name: 'Accepted', outcome: 'accepted', requiresNote: false }],
  requiredBeforeNextCall: false,
  autoWrapSeconds: 0,
  autoWrapCode: 'accepted',
  ivrCodes: {
    accepted: 'accepted',
    declined: 'accepted',
    callback: 'accepted',
    'no-answer': 'accepted',
    presented: 'accepted',
  },
};

export function partner(changes: Partial<Partner> = {}): Partner {
  return {
    partner: 'acme',
    name: 'Acme',
    dialledNumbers: ['+18005550100'],
    serviceQueues: ['east/service', 'west/service'],
    overflowUri: 'sip:overflow@127.0.0.1:5079',
    serviceValue: 2,
    meanPatienceSeconds: 120,
    killSwitch: false,
    affiliates: [],
    dispositions,
    scriptFields: ['name'],
    ...changes,
  };
}

export const agents = presentation('agents', ['east/sales', 'west/sales']);
export const program = presentation('program', ['east/ivr', 'west/ivr'], { kind: 'ivr', conversion: 0.5 });
export const repair = offer('REPAIR', [presentation('crew', ['east/repair', 'west/repair'])], {
  kind: 'service',
  value: 0,
});

export interface Business {
  readonly partners?: Partner[];
  readonly centres?: Centre[];
  readonly offers?: Offer[];
  readonly policy?: Partial<Settings['process']['decision']>;
}

export function settingsOf(business: Business = {}): Settings {
  const ivr = (ports: number) => ({
    program: 'ivr',
    ports,
    holdingTimeSeconds: 60,
    weight: 1,
    drain: false,
  });
  const queues = () => [queue('sales'), queue('service'), queue('repair')];
  const decision = { killSwitch: false, controlArmPercent: 0, diversionCapPercent: 100, ...business.policy };
  return {
    process: { decision },
    trunks: { unknownSource: 'reject', trunks: [] },
    partners: { partners: business.partners ?? [partner()] },
    centres: {
      centres: business.centres ?? [centre('east', queues(), [ivr(4)]), centre('west', queues(), [ivr(4)])],
    },
    offers: {
      products: [{ product: 'plan', name: 'Plan' }],
      menus: [],
      offers: business.offers ?? [offer('GOLD', [agents]), offer('SILVER', [agents, program]), repair],
    },
    // Only the part of the process settings that decides.
  } as unknown as Settings;
}

export function strategy(
  offers: readonly RankedOffer[] = [ranked('GOLD', 0.2, 100)],
  flags: Partial<StrategyFlags> = {},
  changes: Partial<Strategy> = {},
): Strategy {
  return {
    partner: 'acme',
    customer: 'c-1',
    generation: 7,
    flags: { ...noFlags, ...flags },
    offers,
    ...changes,
  };
}

export function ranked(offerCode: string, propensity: number, value = 100): RankedOffer {
  return { offerCode, propensity, value };
}

export function hit(one: Strategy = strategy()): StrategyLookup {
  return { kind: 'hit', strategy: one, ageMs: 0 };
}

/** Seed of a caller whose place among equals of weight 1 is in the east, whatever the queue. */
export const easterner = 0.36;

/** A decider with its board, and the input of a call that gets GOLD. */
export class CallCentre {
  readonly settings: Settings;
  readonly decider: Decider;
  readonly builder: BoardBuilder;

  constructor(business: Business = {}) {
    this.settings = settingsOf(business);
    this.decider = createDecider(this.settings);
    this.builder = new BoardBuilder(this.decider.destinations);
  }

  board(now = 0): Board {
    return this.builder.snapshot(now, Date.UTC(2026, 0, 1) + now);
  }

  input(changes: Partial<DecisionInput> = {}): DecisionInput {
    return {
      decisionId: 'd-1',
      partner: 'acme',
      identity: { kind: 'number', phone: '+15550100001', source: 'From', confidence: 'claimed' },
      lookup: hit(),
      board: this.board(),
      divertedShare: 0,
      now: 0,
      seed: easterner,
      ...changes,
    };
  }

  decide(changes: Partial<DecisionInput> = {}) {
    return this.decider.decide(this.input(changes));
  }

  /** Makes every agent or port of a destination busy, with `waiting` members on top. */
  fill(id: string, waiting = 0, partnerId = 'acme'): void {
    const servers = this.decider.destinationById.get(id)?.servers ?? 0;
    for (let i = 0; i < servers + waiting; i++) this.builder.callStarted(id, partnerId);
  }
}

/** `GOLD@east/sales`, `east/service`, `overflow`: the steps in a form that a test can read. */
export function stepNames(decision: { readonly steps: ReturnType<Decider['decide']>['steps'] }): string[] {
  return decision.steps.map(({ target, offer: onCall }) => {
    const where = target.kind === 'destination' ? target.destination.id : 'overflow';
    return onCall === undefined ? where : `${onCall.offerCode}@${where}`;
  });
}
