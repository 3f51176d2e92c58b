// Sums of the supervisor board: calls by partner, offer and arm, what they were reckoned to be worth and what was accepted.
import { boardTotals, callList } from '../../../src/records/index.js';
import type { RecordsDatabase } from '../../../src/records/index.js';
import { RecordedCalls } from '../../support/recorded-calls.js';
import { onEachDatabase } from '../../support/records-stage.js';

interface Recorded {
  readonly id: string;
  readonly at: string;
  readonly offer?: string;
  readonly arm?: string;
  readonly reason?: string;
  readonly failOpen?: readonly string[];
  readonly values?: Readonly<Record<string, number>>;
}

async function record(database: RecordsDatabase, one: Recorded): Promise<void> {
  const { id, at, offer = null, arm = 'offer', reason = 'answered', failOpen = [], values = {} } = one;
  await database.query(
    `INSERT INTO proffer.contacts (contact, medium, partner, call_id, started_at) VALUES ($1, 'call', 'acme', $1 || '@trunk', $2)`,
    [id, at],
  );
  const candidates = Object.entries(values).map(([destination, value]) => ({
    offerCode: offer,
    presentation: 'agent',
    destination,
    value,
  }));
  await database.query(
    `INSERT INTO proffer.decisions (decision_id, decided_at, partner, arm, offer, presentation, reason, record)
     VALUES ($1, $2, 'acme', $3, $4, 'agent', 'offer', $5)`,
    [id, at, arm, offer, JSON.stringify({ failOpen, candidates })],
  );
  await database.query(
    `INSERT INTO proffer.outcomes (decision_id, at, partner, trunk, result, reason, destination, offer, duration_ms)
     VALUES ($1, $2, 'acme', 'carrier', 'success', $3, 'west/sales', $4, 1)`,
    [id, at, reason, offer],
  );
}

onEachDatabase('calls are summed by what they were routed for', async (t, { database }) => {
  const calls = new RecordedCalls(database);
  await calls.catalogue({ GOLD: 'sales' });
  const values = { 'east/sales': 7, 'west/sales': 5.5 };
  await record(database, { id: 'a', at: '2026-11-26T10:00:00Z', offer: 'GOLD', values });
  await record(database, {
    id: 'b',
    at: '2026-11-26T10:01:00Z',
    offer: 'GOLD',
    values,
    failOpen: ['store-stale'],
  });
  await record(database, { id: 'c', at: '2026-11-26T10:02:00Z', arm: 'control', reason: 'cancelled' });
  await record(database, { id: 'd', at: '2026-11-26T10:10:00Z' });
  await database.query(
    `INSERT INTO proffer.exposures (decision_id, offer, presentation, partner, kind, destination, state, result, ended_at)
     VALUES ('b', 'GOLD', 'agent', 'acme', 'agent', 'west/sales', 'released', 'abandoned', now())`,
  );
  await database.query(
    `INSERT INTO proffer.dispositions (decision_id, offer, revision, is_current, partner, code, source, value, at)
     VALUES ('a', 'GOLD', 1, true, 'acme', 'accepted', 'web', 12, now())`,
  );
  const rows = await boardTotals(
    database,
    new Date('2026-11-26T10:00:00Z'),
    new Date('2026-11-26T10:10:00Z'),
  );
  t.strictSame(
    rows.toSorted((a, b) => b.calls - a.calls),
    [
      {
        block: new Date('2026-11-26T10:00:00Z'),
        partner: 'acme',
        offer: 'GOLD',
        arm: 'offer',
        calls: 2,
        abandoned: 1,
        failOpen: 1,
        value: 11,
        acceptedValue: 12,
      },
      {
        block: new Date('2026-11-26T10:00:00Z'),
        partner: 'acme',
        offer: null,
        arm: 'control',
        calls: 1,
        abandoned: 1,
        failOpen: 0,
        value: 0,
        acceptedValue: 0,
      },
    ],
  );
});

onEachDatabase('calls are listed page by page, and found by either id', async (t, { database }) => {
  await new RecordedCalls(database).catalogue({ GOLD: 'sales' });
  for (const id of ['a', 'b', 'c']) await record(database, { id, at: '2026-11-26T10:00:00Z' });
  const ids = async (filter: Partial<Parameters<typeof callList>[1]>) =>
    (await callList(database, { limit: 2, ...filter })).map((call) => call.decisionId);
  t.strictSame(await ids({}), ['c', 'b']);
  const before = { startedAt: new Date('2026-11-26T10:00:00Z'), decisionId: 'b' };
  t.strictSame(await ids({ before }), ['a'], 'calls of one moment are not lost between pages');
  t.strictSame(await ids({ id: 'b@trunk' }), ['b']);
  t.strictSame(await ids({ id: 'c' }), ['c']);
  t.strictSame(await ids({ partners: ['borealis'] }), []);
});
