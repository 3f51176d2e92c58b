import { Dispositions } from '../../../src/records/dispositions/dispositions.js';
import type { GivenDisposition } from '../../../src/records/dispositions/disposition.js';
import type { DispositionsOptions } from '../../../src/records/dispositions/dispositions.js';
import type { RecordsDatabase } from '../../../src/records/database/records-database.js';
import { systemClock } from '../../../src/kernel/index.js';
import { day, hour, learnedOf, openShop, placeCall } from '../../support/records-shop.js';
import { onEachDatabase } from '../../support/records-stage.js';

const start = Date.now() - hour;

async function shop(database: RecordsDatabase, more: Partial<DispositionsOptions> = {}) {
  await openShop(database);
  const dispositions = new Dispositions({ database, clock: systemClock, ...more });
  return { dispositions, record: dispositions.record.bind(dispositions) };
}

const given = (more: Partial<GivenDisposition> = {}): GivenDisposition => ({
  decisionId: 'd1',
  offer: 'PLATINUM',
  code: 'declined',
  agent: '1001',
  ...more,
});

onEachDatabase('a disposition is recorded once, and corrected with its history', async (t, { database }) => {
  const { dispositions, record } = await shop(database);
  await placeCall(database, { decisionId: 'd1', at: start, offerValue: 150 });
  const first = await record(given({ note: '  not now ' }));
  t.match(first, {
    kind: 'recorded',
    disposition: {
      revision: 1,
      code: 'declined',
      outcome: 'declined',
      note: 'not now',
      source: 'agent',
      agent: '1001',
    },
  });
  t.equal((await record(given({ note: 'not now' }))).kind, 'unchanged');
  const refused = await record(given({ code: 'accepted' }));
  t.match(refused, { kind: 'already-recorded', disposition: { code: 'declined', revision: 1 } });
  t.match(
    await record(given({ note: 'another' })),
    { kind: 'already-recorded' },
    'another note is a correction too',
  );
  const corrected = await record(given({ code: 'accepted' }), { isCorrection: true });
  t.match(
    corrected,
    { kind: 'corrected', disposition: { revision: 2, code: 'accepted', value: 150 } },
    'the value decided',
  );
  t.equal((await record(given({ code: 'accepted' }), { isCorrection: true })).kind, 'unchanged');
  t.match(await dispositions.ofDecision('d1'), [
    { revision: 2, code: 'accepted' },
    { revision: 1, code: 'declined' },
  ]);
  t.equal(await dispositions.ofDecision('d9'), undefined);
  const [exposure] = await database.query('SELECT state, result FROM proffer.exposures');
  t.same(exposure, { state: 'concluded', result: 'accepted' });
  const audit = await database.query<{ action: string; actor: string }>(
    'SELECT actor, action, subject, detail FROM proffer.audit ORDER BY id',
  );
  t.match(audit, [
    { actor: '1001', action: 'disposition-recorded', subject: 'd1', detail: { code: 'declined' } },
    {
      actor: '1001',
      action: 'disposition-corrected',
      subject: 'd1',
      detail: { code: 'accepted', before: 'declined' },
    },
  ]);
  t.notMatch(JSON.stringify(audit), /not now/, 'no note in the audit');
});

onEachDatabase('what cannot be is refused, and nothing is written', async (t, { database }) => {
  const { record } = await shop(database);
  await placeCall(database, { decisionId: 'd1', at: start });
  const soon = Date.now() + hour;
  const cases: readonly (readonly [Partial<GivenDisposition>, string])[] = [
    [{ decisionId: 'd9' }, 'unknown-call'],
    [{ decisionId: "d1'; DROP TABLE proffer.dispositions; --" }, 'unknown-call'],
    [{ offer: 'NOTHING' }, 'unknown-offer'],
    [{ code: 'nothing' }, 'unknown-code'],
    [{ offer: 'TRAVEL' }, 'not-presented'],
    [{ agent: '1002' }, 'not-your-call'],
    [{ agent: 'west/1001' }, 'not-your-call'],
    [{ code: 'old' }, 'retired-code'],
    [{ code: 'complained' }, 'note-required'],
    [{ code: 'complained', note: '   ' }, 'note-required'],
    [{ code: 'complained', note: 'x'.repeat(4001) }, 'note-too-long'],
    [{ code: 'callback' }, 'callback-time-required'],
    [{ code: 'callback', callbackAt: Date.now() - 1000 }, 'callback-time-past'],
    [{ code: 'callback', callbackAt: Date.now() + 367 * day }, 'callback-time-too-far'],
    [{ callbackAt: soon }, 'callback-time-unwanted'],
  ];
  for (const [more, kind] of cases)
    t.equal((await record(given(more))).kind, kind, JSON.stringify(more).slice(0, 80));
  t.match(await record(given({ code: 'nothing' })), {
    codes: ['accepted', 'declined', 'complained', 'callback'],
  });
  const [counts] = await database.query(
    'SELECT (SELECT count(*) FROM proffer.dispositions) AS d, (SELECT count(*) FROM proffer.audit) AS a, (SELECT count(*) FROM proffer.learned) AS l',
  );
  t.same(counts, { d: 0, a: 0, l: 0 });
  t.equal(
    (await record(given({ offer: 'TRAVEL', code: 'not-presented' }))).kind,
    'recorded',
    'it says so itself',
  );
  t.equal((await record(given({ code: 'callback', callbackAt: soon }))).kind, 'recorded');
});

onEachDatabase('who had the call', async (t, { database }) => {
  const { record } = await shop(database, {
    hasAgent: (decisionId, agent) => decisionId === 'd4' && agent === '7',
  });
  await database.query(
    "INSERT INTO proffer.agents (agent, name, role, centre_agents) VALUES ('alice', 'Alice', 'agent', '{east/1001}')",
  );
  for (const agent of ['1001', 'east/1001', 'alice', undefined]) {
    const decisionId = `d-${agent ?? 'nobody'}`;
    await placeCall(database, { decisionId, at: start });
    t.match(
      await record(given({ decisionId, agent })),
      { kind: 'recorded', disposition: { source: 'agent', agent: agent ?? '1001' } },
      decisionId,
    );
  }
  await placeCall(database, { decisionId: 'd2', at: start, agent: undefined, state: 'reserved' });
  t.equal(
    (await record(given({ decisionId: 'd2', agent: '9' }))).kind,
    'recorded',
    'no feed told of any agent',
  );
  await placeCall(database, { decisionId: 'd3', at: start, agent: undefined, state: 'reserved' });
  t.match(
    await record({ decisionId: 'd3', offer: 'PLATINUM', code: 'declined' }),
    { disposition: { source: 'web' } },
    'the word of another system',
  );
  await placeCall(database, { decisionId: 'd4', at: start, kind: 'ivr' });
  t.equal((await record(given({ decisionId: 'd4' }))).kind, 'not-your-call', 'an IVR presented it');
  t.equal(
    (await record(given({ decisionId: 'd4', agent: '7' }))).kind,
    'recorded',
    'the router sees them talk',
  );
  await placeCall(database, { decisionId: 'd5', at: start, kind: 'ivr', endedAt: start + 1000, agent: '5' });
  t.equal(
    (await record(given({ decisionId: 'd5', agent: '5' }))).kind,
    'recorded',
    'served the caller afterwards',
  );
});

onEachDatabase('two at once are put in order', async (t, { database }) => {
  const { record } = await shop(database);
  await placeCall(database, { decisionId: 'd1', at: start });
  const codes = ['declined', 'accepted', 'shown', 'declined', 'accepted', 'shown', 'declined', 'accepted'];
  const answers = await Promise.all(codes.map((code) => record(given({ code }))));
  const kinds = answers.map(({ kind }) => kind).sort();
  t.equal(kinds.filter((kind) => kind === 'recorded').length, 1);
  t.ok(kinds.every((kind) => ['recorded', 'unchanged', 'already-recorded'].includes(kind)));
  const rows = await database.query('SELECT revision FROM proffer.dispositions');
  t.same(rows, [{ revision: 1 }]);
});

onEachDatabase('what waits in the spool is brought in before a call is unknown', async (t, { database }) => {
  let drained = 0;
  const drain = async (): Promise<boolean> => {
    drained += 1;
    if (drained === 1) await placeCall(database, { decisionId: 'd1', at: start });
    return drained < 3;
  };
  const { dispositions, record } = await shop(database, { drain });
  t.equal((await record(given())).kind, 'recorded');
  t.equal((await record(given({ decisionId: 'd2' }))).kind, 'unknown-call');
  t.equal(drained, 2, 'once each');
  const unavailable = { code: 'RECORDS_UNAVAILABLE' };
  await t.rejects(record(given({ decisionId: 'd2' })), unavailable, 'what still waits may have it');
  await t.rejects(dispositions.ofDecision('d2'), unavailable);
});

onEachDatabase('what waits in the spool is among what is still to be recorded', async (t, { database }) => {
  const drain = async (): Promise<boolean> => {
    await placeCall(database, { decisionId: 'd1', at: start });
    return false;
  };
  const { dispositions } = await shop(database, { drain });
  t.match(await dispositions.open({ agent: '1001' }), [{ decisionId: 'd1' }]);
});

onEachDatabase('codes of a partner, and what is still to be recorded', async (t, { database }) => {
  const { dispositions, record } = await shop(database);
  t.match(await dispositions.codes('acme'), [
    { code: 'accepted', outcome: 'accepted', coolOffDays: null, countsAsAccepted: true },
    { code: 'declined', coolOffDays: 90 },
    { code: 'complained', requiresNote: true },
  ]);
  t.equal((await dispositions.codes('acme'))?.length, 8, 'no retired ones');
  t.equal(await dispositions.codes('nobody'), undefined);
  await placeCall(database, { decisionId: 'd1', at: start, endedAt: start + 60_000 });
  await placeCall(database, { decisionId: 'd2', at: start + 1000, agent: '1002' });
  await placeCall(database, { decisionId: 'd3', at: start + 2000, kind: 'ivr' });
  t.match(await dispositions.open({}), [
    { decisionId: 'd1', agent: '1001', centre: 'east', confirmedAt: start, endedAt: start + 60_000 },
    { decisionId: 'd2', endedAt: null },
  ]);
  t.match(await dispositions.open({ agent: 'east/1002' }), [{ decisionId: 'd2' }]);
  t.same(await dispositions.open({ agent: '1001', partner: 'borealis' }), []);
  await record(given());
  t.same(await dispositions.open({ agent: '1001' }), []);
});

onEachDatabase(
  'what an IVR ended with becomes a disposition by the codes of the partner',
  async (t, { database }) => {
    const { dispositions, record } = await shop(database);
    const ivr = (decisionId: string, result: string, at = start) =>
      database.query('SELECT proffer.record_ivr_result($1, $2, $3, $4)', [
        decisionId,
        'PLATINUM',
        result,
        new Date(at).toISOString(),
      ]);
    const results = [
      ['accepted', 'accepted'],
      ['no-answer', 'silent'],
      ['hang-up', 'presented'],
      ['callback', 'callback'],
      ['interrupted', undefined],
      ['unknown', undefined],
      ['abandoned', undefined],
      ['not-presented', undefined],
    ] as const;
    for (const [result, code] of results) {
      await placeCall(database, { decisionId: result, at: start, kind: 'ivr' });
      await ivr(result, result);
      const all = await dispositions.ofDecision(result);
      t.match(all, code === undefined ? [] : [{ code, source: 'ivr', at: start }], result);
      t.equal(all?.length, code === undefined ? 0 : 1);
    }
    await placeCall(database, { decisionId: 'd1', at: start, kind: 'ivr' });
    await ivr('d1', 'declined', start + 1000);
    await ivr('d1', 'accepted', start);
    t.match(
      await dispositions.ofDecision('d1'),
      [{ code: 'declined', revision: 1 }],
      'late, and earlier than that',
    );
    await ivr('d1', 'accepted', start + 2000);
    t.match(await dispositions.ofDecision('d1'), [{ code: 'accepted', revision: 2 }, {}]);
    await placeCall(database, { decisionId: 'd1', at: start + 3000, agent: '1001' }).catch(() => undefined);
    t.match(
      await record(given()),
      { kind: 'recorded', disposition: { revision: 3, source: 'agent' } },
      'a person knows better',
    );
    await ivr('d1', 'accepted', start + 9000);
    t.match((await dispositions.ofDecision('d1'))?.[0], { code: 'declined', source: 'agent' });
    await ivr('no-such-call', 'accepted');
  },
);

onEachDatabase('without a word of an agent a code is given after the talk', async (t, { database }) => {
  const { dispositions, record } = await shop(database);
  const now = Date.now();
  const wrap = async (at = now, limit = 100): Promise<Record<string, unknown>> =>
    (
      await database.query<{ answer: Record<string, unknown> }>(
        'SELECT proffer.auto_wrap($1, $2) AS answer',
        [new Date(at).toISOString(), limit],
      )
    )[0]?.answer ?? {};
  await placeCall(database, { decisionId: 'due', at: now - 500_000, endedAt: now - 301_000 });
  await placeCall(database, { decisionId: 'early', at: now - 500_000, endedAt: now - 299_000 });
  await placeCall(database, { decisionId: 'talks', at: now - 500_000 });
  await placeCall(database, { decisionId: 'lost', at: now - 4 * hour - 1000 });
  await placeCall(database, { decisionId: 'said', at: now - 500_000, endedAt: now - 301_000 });
  await placeCall(database, { decisionId: 'reserved', at: now - 500_000, state: 'reserved' });
  await placeCall(database, { decisionId: 'ivr', at: now - 500_000, kind: 'ivr' });
  await record(given({ decisionId: 'said' }));
  t.match(await wrap(now, 1), { kind: 'wrapped', isMore: true, wrapped: [{ decisionId: 'lost' }] });
  t.match(await wrap(), {
    isMore: false,
    wrapped: [{ decisionId: 'due', offer: 'PLATINUM', centre: 'east', agent: '1001', kind: 'recorded' }],
  });
  t.match(await wrap(), { isMore: false, wrapped: [] });
  t.match(await dispositions.ofDecision('due'), [{ code: 'presented', source: 'auto', at: now - 1000 }]);
  t.match(await learnedOf(database), { offers: [{ offerCode: 'PLATINUM', reason: 'declined' }] });
  t.match(
    await record(given({ decisionId: 'due', code: 'accepted' })),
    { kind: 'recorded', disposition: { revision: 2 } },
    'an agent who is late needs no correction',
  );
  t.match(await wrap(now + 2000), { wrapped: [{ decisionId: 'early' }] });
  t.match(await dispositions.ofDecision('ivr'), []);
});

onEachDatabase('an automatic code replaces nothing', async (t, { database }) => {
  const { dispositions } = await shop(database);
  const now = Date.now();
  await placeCall(database, { decisionId: 'd1', at: now - 500_000, kind: 'ivr' });
  await database.query("SELECT proffer.record_ivr_result('d1', 'PLATINUM', 'declined', now())");
  await placeCall(database, { decisionId: 'd1', at: now - 400_000, endedAt: now - 301_000 });
  const answer = await database.query('SELECT proffer.auto_wrap(now(), 10) AS answer');
  t.match(answer, [{ answer: { wrapped: [{ decisionId: 'd1', kind: 'already-recorded' }] } }]);
  t.match(await dispositions.ofDecision('d1'), [{ code: 'declined', source: 'ivr' }]);
  t.match(await database.query('SELECT proffer.auto_wrap(now(), 10) AS answer'), [
    { answer: { wrapped: [] } },
  ]);
  t.same(await dispositions.open({}), []);
});

onEachDatabase('one router at a time wraps', async (t, { database }) => {
  await openShop(database);
  if (database.kind === 'embedded') return;
  await database.transaction(async (session) => {
    await session.query('SELECT proffer.auto_wrap(now(), 10)');
    t.match(await database.query('SELECT proffer.auto_wrap(now(), 10) AS answer'), [
      { answer: { kind: 'busy' } },
    ]);
  });
});

onEachDatabase('a call whose customer is known later is learned then', async (t, { database }) => {
  const { record } = await shop(database);
  await placeCall(database, { decisionId: 'd1', at: start });
  await database.query('UPDATE proffer.contacts SET customer = NULL');
  await database.query('UPDATE proffer.exposures SET customer = NULL');
  t.equal((await record(given())).kind, 'recorded');
  t.equal(await learnedOf(database), undefined);
  await database.query("UPDATE proffer.contacts SET customer = 'c1'");
  await database.query("SELECT proffer.settle_dispositions('{d1,d2}')");
  t.match((await learnedOf(database))?.offers, [{ reason: 'declined' }]);
  const revision = 'SELECT last_value FROM proffer.learned_revision';
  const before = await database.query(revision);
  await database.query("SELECT proffer.settle_dispositions('{d1,d2}')");
  t.same(await database.query(revision), before);
});

onEachDatabase(
  'recording never waits for a spool that writes the same call, nor in a circle',
  async (t, { database }) => {
    const { record } = await shop(database);
    if (database.kind === 'embedded') return;
    await placeCall(database, { decisionId: 'd1', at: start });
    await placeCall(database, { decisionId: 'd2', at: start, kind: 'ivr' });
    await database.transaction(async (session) => {
      // As a spool does: rows of the call first, then what an IVR heard.
      await session.query("UPDATE proffer.contacts SET trunk = 'carrier'");
      await session.query("UPDATE proffer.exposures SET queue = 'other'");
      t.equal((await record(given())).kind, 'recorded');
      await session.query("SELECT proffer.record_ivr_result('d2', 'PLATINUM', 'declined', now())");
    });
    t.match(await database.query("SELECT state FROM proffer.exposures WHERE decision_id = 'd1'"), [
      { state: 'confirmed' },
    ]);
    await database.query('SELECT proffer.auto_wrap(now(), 10)');
    t.match(
      await database.query("SELECT state, result FROM proffer.exposures WHERE decision_id = 'd1'"),
      [{ state: 'concluded', result: 'declined' }],
      'ended by the next turn',
    );
  },
);
