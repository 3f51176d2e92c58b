// A contact router of the shipped settings, with a store that knows one customer of borealis; lines are kept in memory.
import { Registry } from 'prom-client';
import { BoardBuilder, compileDestinations } from '../../src/callcenter/index.js';
import { loadSettings, readEnvironment } from '../../src/config/index.js';
import type { Settings } from '../../src/config/index.js';
import { ContactRouter } from '../../src/contacts/index.js';
import type { ContactRequest, ContactRouterOptions } from '../../src/contacts/index.js';
import { silentLogger } from '../../src/kernel/index.js';
import type { LearnedOffer, StrategyLookup } from '../../src/offers/index.js';
import { FakeClock } from '../support/fake-clock.js';

const loaded = loadSettings('config', readEnvironment({}));
if (!loaded.ok) throw new Error('the shipped settings are not valid');
export const settings: Settings = {
  ...loaded.settings,
  process: {
    ...loaded.settings.process,
    decision: { ...loaded.settings.process.decision, controlArmPercent: 0 },
  },
};

export const phone = '+15550100001';
export const known: StrategyLookup = {
  kind: 'hit',
  ageMs: 0,
  strategy: {
    partner: 'borealis',
    customer: 'c-1',
    generation: 7,
    flags: {
      ...{ optOut: false, serviceAlert: false, hardship: false },
      ...{ fraud: false, complaint: false, affiliateOptOut: false },
    },
    offers: [{ offerCode: 'BOR-TV', propensity: 0.4, value: 95 }],
  },
};

export class ContactStage {
  readonly clock = new FakeClock();
  readonly lines: Record<string, unknown>[] = [];
  readonly learned: (readonly [string, LearnedOffer])[] = [];
  readonly reserved: string[] = [];
  readonly router: ContactRouter;
  /** What the store answers; undefined: nothing, ever. */
  lookup: StrategyLookup | undefined | Error = known;
  current = settings;

  constructor(options: Partial<ContactRouterOptions> = {}) {
    const board = new BoardBuilder(compileDestinations(settings));
    const { clock } = this;
    this.router = new ContactRouter({
      clock,
      log: silentLogger,
      registry: new Registry(),
      store: {
        lookup: (_partner, asked) => {
          if (this.lookup instanceof Error) return Promise.reject(this.lookup);
          if (this.lookup === undefined) return new Promise(() => undefined);
          return asked === phone ? this.lookup : { kind: 'miss' };
        },
      },
      matcher: {
        match: (_partner, account, secret) => {
          if (account !== '1000') return Promise.resolve({ kind: 'no-match' });
          return Promise.resolve({ kind: secret === '1234' ? 'person' : 'account', lookup: known });
        },
      },
      current: () => ({ settings: this.current, board: board.snapshot(clock.now(), clock.wallNow()) }),
      reserve: (destination) => this.reserved.push(destination),
      lines: { add: (line) => this.lines.push(JSON.parse(JSON.stringify(line)) as Record<string, unknown>) },
      phonesOf: () => Promise.resolve(['+15550100098', phone]),
      learn: (_partner, customer, entries) => {
        for (const entry of entries) this.learned.push([customer, entry]);
      },
      random: () => 0.5,
      ...options,
    });
  }

  async create(request: Partial<ContactRequest> = {}) {
    const asked = this.router.create({
      ...{ partner: 'borealis', medium: 'web', identity: { phone }, context: {}, source: 'api-key:k1' },
      ...request,
    });
    const answer = await asked;
    if (answer.kind !== 'created') throw new Error(answer.kind);
    return answer.contact;
  }

  /** `type state` of each line since. */
  get written(): readonly string[] {
    return this.lines.map((line) => [line['type'], line['state']].filter(Boolean).join(' '));
  }
}
