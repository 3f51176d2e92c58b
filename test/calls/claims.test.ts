import t from 'tap';
import type { Settings } from '../../src/config/index.js';
import { FedCentre } from '../callcenter/centre-readings.js';
import { MemoryLedger } from '../support/memory-ledger.js';
import { settingsWith, Story, turn } from './story.js';

let decisions = 0;
/** Of the call that was decided last, whichever router decided it. */
const lastDecision = (): string => `d-${decisions}`;

const queues = ['acme-sales', 'borealis-sales', 'service'];
const eventSocket = {
  port: 8021,
  domain: 'default',
  reconcileIntervalMs: 15_000,
  staleAfterMs: 6000,
  mediaProfile: 'drachtio_mrf',
  queueContext: 'router',
};

/** Two fed centres, each with one agent for sales and plenty for service. */
class FedStory extends Story {
  readonly ledger: MemoryLedger | undefined;
  readonly east = new FedCentre('east', queues);
  readonly west = new FedCentre('west', queues);

  constructor(settings: Settings, ledger: MemoryLedger | undefined) {
    super(settings, { ledger, newDecisionId: () => `d-${++decisions}` });
    this.ledger = ledger;
  }

  static async with(ledger: MemoryLedger | undefined, action: 'redirect' | 'proxy' = 'redirect') {
    const settings = settingsWith({ action });
    const centres = settings.centres.centres.map((one) => ({ ...one, eventSocket }));
    const story = new FedStory({ ...settings, centres: { centres } }, ledger);
    await story.router.start();
    for (const centre of [story.east, story.west]) {
      for (let i = 0; i < 10; i++) centre.agent(`service-${i}`, ['service']);
    }
    story.east.agent('alma', ['acme-sales']);
    story.read();
    return story;
  }

  /** The feeds tell what the centres are. */
  read(): void {
    for (const centre of [this.east, this.west]) this.router.onReading(centre.reading(this.clock.now()));
  }

  destinationOf(call: {
    readonly final: { readonly headers?: Readonly<Record<string, string>> } | undefined;
  }) {
    const first = call.final?.headers?.['Contact']?.split(',')[0] ?? '';
    return /sip:([^@]+)@[^:]+:(\d+)/.exec(first)?.slice(1).join(' ');
  }
}

t.test('without a ledger the second call does not count on the agent of the first', async (t) => {
  const story = await FedStory.with(undefined);
  const first = await story.call();
  const second = await story.call();
  t.equal(story.destinationOf(first), 'acme-sales 5090');
  t.match(story.destinationOf(second), /^service/, 'nobody else sells at either centre');
});

t.test('a granted claim sends the call, a taken one decides anew and the record says why', async (t) => {
  const ledger = new MemoryLedger();
  const one = await FedStory.with(ledger);
  const two = await FedStory.with(ledger);
  const first = await one.call();
  const second = await two.call();
  t.equal(one.destinationOf(first), 'acme-sales 5090');
  t.match(two.destinationOf(second), /^service/);
  t.equal(ledger.count('east/acme-sales'), 1);
  await two.flush();
  const [record] = two.records.ofType('decision');
  t.match(record, { reason: 'wait-cap', resources: { 'east/acme-sales': { servers: 1, freeServers: 0 } } });
});

t.test('50 calls at two routers and one free agent: one is sent there as free', async (t) => {
  const ledger = new MemoryLedger();
  const stories = [await FedStory.with(ledger), await FedStory.with(ledger)];
  const calls = [];
  for (let i = 0; i < 50; i++) {
    const story = stories[i % 2]!;
    const call = story.invite({ 'call-id': `c-${i}` });
    story.gateway.receiveCall(call);
    calls.push({ story, call });
  }
  for (let i = 0; i < 10; i++) await turn();
  const sales = calls.filter(
    ({ story, call }) => story.destinationOf(call)?.startsWith('acme-sales') === true,
  );
  t.equal(sales.length, 1);
  t.ok(
    calls.every(({ call }) => call.final?.status === 302),
    'every call is routed',
  );
});

t.test('a ledger that fails or is silent delays nobody', async (t) => {
  const ledger = new MemoryLedger();
  const story = await FedStory.with(ledger);
  ledger.forced = { kind: 'failure', reason: 'redis: down' };
  t.equal(story.destinationOf(await story.call()), 'acme-sales 5090');

  const silent = new MemoryLedger();
  silent.isHeld = true;
  const other = await FedStory.with(silent);
  const call = await other.call();
  t.equal(call.final, undefined, 'it waits for the ledger');
  other.clock.advance(150);
  t.equal(other.destinationOf(call), 'acme-sales 5090', 'until the decision deadline');
  silent.answer();
  await turn();
  t.equal(call.responses.filter(({ status }) => status >= 200).length, 1);
  t.equal(other.summaries.length, 1);
});

t.test('a caller who hangs up while the ledger is asked leaves nothing behind', async (t) => {
  const ledger = new MemoryLedger();
  ledger.isHeld = true;
  const story = await FedStory.with(ledger);
  const call = await story.call();
  call.cancel();
  ledger.answer();
  await turn();
  t.equal(story.end, 'client-error cancelled');
  t.equal(story.router.callsInProgress, 0);
  story.clock.advance(0);
  t.same(await story.metric('proffer_reservations '), ['proffer_reservations 0']);
});

t.test('the reservation lasts until the feed has seen the call, or its time is over', async (t) => {
  const ledger = new MemoryLedger();
  const story = await FedStory.with(ledger, 'proxy');
  const call = await story.call();
  call.proxyDone({
    kind: 'done',
    responses: [{ status: 200, reason: 'OK', address: '127.0.0.1', port: 5090 }],
  });
  t.same(await story.metric('proffer_reservations '), ['proffer_reservations 1'], 'answered by the queue');
  story.router.onCallEvent({
    kind: 'member-joined',
    centre: 'east',
    queue: 'acme-sales',
    sessionUuid: 's-1',
    decisionId: lastDecision(),
    offerCode: 'ACME-PLATINUM',
    at: story.clock.now(),
  });
  t.same(await story.metric('proffer_reservations '), ['proffer_reservations 0']);
  t.equal(ledger.count('east/acme-sales'), 1, 'until the feeds of other routers have heard of it too');
  story.clock.advance(500);
  t.equal(ledger.count('east/acme-sales'), 0);
  t.match(story.router.live.get(lastDecision()), { state: 'waiting', at: { queue: 'acme-sales' } });

  await story.call();
  story.clock.advance(5001);
  t.same(await story.metric('proffer_reservations '), ['proffer_reservations 0'], 'expired');
});

t.test('an agent’s time with a caller is on the account of the partner', async (t) => {
  const story = await FedStory.with(undefined);
  await story.call();
  const event = {
    centre: 'east',
    queue: 'acme-sales',
    sessionUuid: 's',
    decisionId: lastDecision(),
    offerCode: undefined,
    at: 0,
  };
  story.router.onCallEvent({ ...event, kind: 'agent-ended', agent: 'alma', talkedMs: 61_500 });
  story.router.onCallEvent({ ...event, decisionId: 'foreign', kind: 'agent-ended', agent: 'x', talkedMs: 1 });
  await story.flush();
  t.match(story.records.ofType('usage'), [
    { kind: 'agent', partner: 'acme', destination: 'east/acme-sales', agent: 'alma', seconds: 61.5 },
  ]);
  t.equal(story.records.ofType('usage').length, 1);
});

t.test(
  'stale readings are unknown, not free: configured weights, and the decision says what it knew',
  async (t) => {
    const story = await FedStory.with(undefined);
    story.clock.advance(6001);
    const call = await story.call();
    t.match(story.destinationOf(call), /^acme-sales/, 'an unknown wait is held against nobody');
    await story.flush();
    const [record] = story.records.ofType('decision');
    const resources = record?.['resources'] as Record<string, { freeServers?: number }>;
    t.equal(resources['east/acme-sales']?.freeServers, undefined);
  },
);

t.test('a call that a person moves while it rings has not been abandoned', async (t) => {
  const story = await FedStory.with(undefined, 'proxy');
  await story.call();
  const decisionId = lastDecision();
  const event = {
    centre: 'east',
    queue: 'acme-sales',
    sessionUuid: 's',
    decisionId,
    offerCode: 'ACME-PLATINUM',
    at: 0,
  };
  story.router.onCallEvent({ ...event, kind: 'member-joined' });
  story.router.onCallEvent({ ...event, kind: 'agent-offered', agent: 'alma' });
  story.router.live.moving(decisionId, true);
  story.router.onCallEvent({ ...event, kind: 'member-left', cause: 'abandoned', waitedMs: 10 });
  await story.flush();
  t.match(story.records.ofType('exposure'), [
    { state: 'reserved' },
    { state: 'released', result: 'not-presented' },
  ]);
});
