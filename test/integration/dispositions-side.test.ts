// Everything of a router that follows a disposition, wired as the router wires it, on a real database: the store hears of it, the agent
// is free again, the figures count it.
import { Registry } from 'prom-client';
import type { AgentStatus, CentreCallEvent, CentreReading } from '../../src/callcenter/index.js';
import { DispositionsSide } from '../../src/cli/dispositions-side.js';
import type { DispositionsSideParts } from '../../src/cli/dispositions-side.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import type { Learned } from '../../src/offers/index.js';
import { waitUntil } from '../support/child-process.js';
import { parseMetrics, sumOf } from '../support/metrics-text.js';
import { openShop, placeCall } from '../support/records-shop.js';
import { onEachDatabase } from '../support/records-stage.js';

const rule = { partner: 'acme', dispositions: { requiredBeforeNextCall: true, autoWrapSeconds: 300 } };

function eventOf(kind: 'agent-answered' | 'agent-ended', decisionId: string): CentreCallEvent {
  const call = { centre: 'east', queue: 'sales', sessionUuid: 'u', decisionId, offerCode: 'PLATINUM', at: 0 };
  return kind === 'agent-answered'
    ? { ...call, kind, agent: '1001', waitedMs: 0 }
    : { ...call, kind, agent: '1001', talkedMs: 0 };
}

function readingOf(status: AgentStatus): CentreReading {
  const agent = { agent: '1001', status, state: 'Waiting', since: 0, tiers: [], isFree: false } as const;
  const agents = new Map([['1001', agent]]);
  return { centre: 'east', readAt: 0, agents, queues: new Map(), missingQueues: [], portsInUse: undefined };
}

onEachDatabase('a disposition reaches the store, the agent and the figures', async (t, { database }) => {
  await openShop(database);
  const states: Learned[] = [];
  const statuses: string[] = [];
  const registry = new Registry();
  let cursor = 0;
  const router = {
    live: { get: () => ({ partner: 'acme' }) },
    settings: { partners: { partners: [rule] } },
  } as unknown as DispositionsSideParts['router'];
  const side: DispositionsSide = new DispositionsSide({
    database,
    sink: {
      cursor: () => Promise.resolve(cursor),
      put: (put, revision) => {
        states.push(...put);
        cursor = revision;
        return Promise.resolve();
      },
    },
    router,
    control: {
      setAgentStatus: (_centre, _agent, status) => {
        statuses.push(status);
        setImmediate(() => side.follower.onReading(readingOf(status as AgentStatus)));
        return Promise.resolve({ kind: 'done' });
      },
    },
    registry,
    routerId: () => Promise.resolve('router-1'),
    clock: systemClock,
    log: silentLogger,
  });
  for (const part of side.parts) await part.start();
  t.teardown(async () => {
    for (const part of side.parts) await part.stop();
  });
  side.follower.onReading(readingOf('Available'));
  await placeCall(database, { decisionId: 'd1', at: Date.now() - 60_000 });
  await placeCall(database, {
    decisionId: 'd2',
    at: Date.now() - 600_000,
    endedAt: Date.now() - 301_000,
    customer: 'c2',
  });
  await waitUntil('the old one is wrapped', () => states.some(({ customer }) => customer === 'c2'));
  side.follower.onCallEvent(eventOf('agent-answered', 'd1'));
  side.follower.onCallEvent(eventOf('agent-ended', 'd1'));
  await waitUntil('held', () => statuses.length === 1);
  const given = { decisionId: 'd1', offer: 'PLATINUM', code: 'declined', agent: '1001' };
  t.match(await side.operations.recordDisposition(given, false), { kind: 'recorded' });
  await waitUntil('in the store', () => states.some(({ customer }) => customer === 'c1'));
  await waitUntil('free', () => statuses.length === 2);
  t.same(statuses, ['On Break', 'Available']);
  t.match(
    states.find(({ customer }) => customer === 'c1'),
    { partner: 'acme', offers: [{ effect: 'withheld', offerCode: 'PLATINUM', reason: 'declined' }] },
  );
  await side.operations.openAlert({ partner: 'acme', alert: 'a1', account: '1001', offer: 'SERVICE' });
  await waitUntil('the alert', () => states.some(({ alerts }) => alerts?.[0]?.offerCode === 'SERVICE'));
  const samples = parseMetrics(await registry.metrics());
  t.equal(sumOf(samples, 'proffer_dispositions_total', { outcome: 'declined', source: 'agent' }), 1);
  t.equal(sumOf(samples, 'proffer_dispositions_total', { outcome: 'presented', source: 'auto' }), 1);
  t.equal(sumOf(samples, 'proffer_learned_states_total'), states.length);
  t.ok(sumOf(samples, 'proffer_learned_age_seconds') < 30);
});
