// The setting of the router's stories: the shipped example (partner acme at +18005550100, centres east and west), a store with one
// known customer, a clock that stands still, records kept in memory.
import { Registry } from 'prom-client';
import { CallRouter } from '../../src/calls/index.js';
import type { CallRouterOptions, CallSummary } from '../../src/calls/index.js';
import type { LineStore } from '../../src/calls/decision-log.js';
import { loadSettings, readEnvironment } from '../../src/config/index.js';
import type { Settings, Trunk } from '../../src/config/index.js';
import { silentLogger } from '../../src/kernel/index.js';
import type { Strategy, StrategyLookup, StrategyReader } from '../../src/offers/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { MemoryCall, MemoryGateway } from '../support/memory-gateway.js';
import { noFlags } from '../../src/strategy-store/codec/flags.js';

export const alice = '+15550100001';
export const acme = '+18005550100';
export const decisionId = '0b3f0a52-6a06-4a53-9d1e-000000000001';

const loaded = loadSettings('config', readEnvironment({}));
if (!loaded.ok) throw new Error('the shipped settings are not valid');
/** Without event sockets: the stories that have feeds say so. */
export const shipped: Settings = {
  ...loaded.settings,
  centres: {
    centres: loaded.settings.centres.centres.map(({ eventSocket: _, ...centre }) => centre),
  },
};

export function settingsWith(trunk: Partial<Trunk>, process: Partial<Settings['process']> = {}): Settings {
  const base: Trunk = {
    trunk: 'carrier',
    addresses: ['127.0.0.1'],
    transports: ['udp', 'tcp'],
    action: 'redirect',
    trusted: false,
    identityHeaders: ['From'],
    referTo: '<{uri}?{headers}>',
    referTimeoutMs: 15_000,
    country: 'US',
  };
  return {
    ...shipped,
    process: {
      ...shipped.process,
      decision: { ...shipped.process.decision, controlArmPercent: 0 },
      ...process,
    },
    trunks: { unknownSource: 'reject', trunks: [{ ...base, ...trunk }] },
  };
}

export const aliceStrategy: Strategy = {
  partner: 'acme',
  customer: 'c-1',
  generation: 7,
  flags: noFlags,
  offers: [{ offerCode: 'ACME-PLATINUM', propensity: 0.3, value: 180 }],
};

/** Answers when told to, or at once. */
export class StoryStore implements StrategyReader {
  isHeld = false;
  readonly asked: { readonly partner: string; readonly phone: string }[] = [];
  readonly #waiting: ((lookup: StrategyLookup) => void)[] = [];

  lookup(partner: string, phone: string): Promise<StrategyLookup> {
    this.asked.push({ partner, phone });
    if (!this.isHeld) return Promise.resolve(this.answerTo(phone));
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  answerTo(phone: string): StrategyLookup {
    return phone === alice ? { kind: 'hit', strategy: aliceStrategy, ageMs: 0 } : { kind: 'miss' };
  }

  /** Answers the oldest look-up that waits. */
  async release(lookup: StrategyLookup = this.answerTo(alice)): Promise<void> {
    this.#waiting.shift()?.(lookup);
    await turn();
  }
}

export class MemoryLines implements LineStore {
  readonly lines: Record<string, unknown>[] = [];
  error: Error | undefined;

  open(): Promise<number> {
    return Promise.resolve(0);
  }

  append(lines: readonly string[]): Promise<void> {
    if (this.error !== undefined) return Promise.reject(this.error);
    for (const line of lines) this.lines.push(JSON.parse(line) as Record<string, unknown>);
    return Promise.resolve();
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  ofType(type: string): Record<string, unknown>[] {
    return this.lines.filter((line) => line['type'] === type);
  }
}

/** Lets promises that are settled run on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export class Story {
  readonly clock = new FakeClock();
  readonly gateway = new MemoryGateway();
  readonly store = new StoryStore();
  readonly records = new MemoryLines();
  readonly registry = new Registry();
  readonly summaries: CallSummary[] = [];
  readonly router: CallRouter;
  #calls = 0;
  #decisions = 0;

  constructor(settings: Settings, options: Partial<CallRouterOptions> = {}) {
    this.router = new CallRouter({
      settings,
      gateway: this.gateway,
      store: this.store,
      records: this.records,
      registry: this.registry,
      clock: this.clock,
      log: silentLogger,
      random: () => 0.5,
      newDecisionId: () => (this.#decisions++ === 0 ? decisionId : `${decisionId}-${this.#decisions}`),
      ...options,
    });
    this.router.events.on('call', (summary) => this.summaries.push(summary));
  }

  static async begin(trunk: Partial<Trunk> = {}, process: Partial<Settings['process']> = {}): Promise<Story> {
    const story = new Story(settingsWith(trunk, process));
    await story.router.start();
    return story;
  }

  /** Alice calls acme; everything may be changed. */
  invite(headers: Record<string, string> = {}, body = 'sdp of alice'): MemoryCall {
    this.#calls += 1;
    return new MemoryCall(
      'INVITE',
      `sip:${acme}@127.0.0.1:5060`,
      {
        'call-id': `call-${this.#calls}`,
        from: `"Alice" <sip:${alice}@carrier.example>;tag=a1`,
        to: `<sip:${acme}@127.0.0.1:5060>`,
        cseq: '1 INVITE',
        contact: '<sip:alice@127.0.0.1:5070>',
        'max-forwards': '70',
        'content-type': 'application/sdp',
        ...headers,
      },
      body,
    );
  }

  async call(headers: Record<string, string> = {}, body?: string): Promise<MemoryCall> {
    const call = this.invite(headers, body);
    this.gateway.receiveCall(call);
    await turn();
    return call;
  }

  /** Writes out what the decision log holds. */
  async flush(): Promise<void> {
    await turn();
    this.clock.advance(50);
    await turn();
    await turn();
  }

  /** Termination of the last call: `result reason`. */
  get end(): string {
    const last = this.summaries.at(-1)?.termination;
    return last === undefined ? '' : `${last.result} ${last.reason}`;
  }

  async metric(name: string): Promise<string[]> {
    const text = await this.registry.metrics();
    return text.split('\n').filter((line) => line.startsWith(name));
  }
}
