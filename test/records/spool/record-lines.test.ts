// proffer.record_lines: what the tables hold depends on which lines came, not on their order, number or batches.
import fc from 'fast-check';
import type { RecordsDatabase } from '../../../src/records/database/records-database.js';
import { onEachDatabase } from '../../support/records-stage.js';
import {
  at,
  attempt,
  callLines,
  catalogue,
  decision,
  exposure,
  hearIvrResults,
  outcome,
  tables,
  usage,
} from './spool-support.js';
import type { Line } from './spool-support.js';

interface Answer {
  readonly kind: 'taken' | 'moved';
  readonly lines?: number;
  readonly refused?: number;
  readonly file?: number | null;
  readonly offset?: number | null;
}

/** Hands lines over as the feed does, each one byte long as far as offsets go. */
async function hand(
  database: RecordsDatabase,
  lines: readonly (Line | string)[],
  spool = 's',
): Promise<Answer> {
  await database.query('SELECT proffer.move_spool($1, NULL, NULL, 1, 0)', [spool]);
  const [row] = await database.query<{ file: number; byte_offset: number }>(
    'SELECT file, byte_offset FROM proffer.spool_cursor($1)',
    [spool],
  );
  const { file, byte_offset: from } = row!;
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  const [answer] = await database.query<{ answer: Answer }>(
    'SELECT proffer.record_lines($1, $2, $3, $4, $5, $6, $7) AS answer',
    [spool, file, from, from + lines.length, texts.join('\n'), lines.map((_, i) => from + i), '[]'],
  );
  return answer!.answer;
}

const one = async (database: RecordsDatabase, sql: string): Promise<Record<string, unknown>> => ({
  ...(await database.query(sql))[0],
});

onEachDatabase(
  'a call is in every table, with its customer, its agent and the end of its talk',
  async (t, { database }) => {
    await hearIvrResults(database);
    const lines = callLines({ decisionId: 'd1', customer: 'C-1' });
    t.same(await hand(database, lines), { kind: 'taken', lines: lines.length, refused: 0 });
    const { contacts, decisions, attempts, outcomes, usages, exposures, partners, offers, heard } =
      await tables(database);
    t.match(contacts, [
      { contact: 'd1', medium: 'call', partner: 'acme', customer: 'C-1', call_id: 'call-of-d1' },
    ]);
    t.same(
      contacts?.map((row) => (row as { started_at: Date }).started_at.getTime()),
      [Date.parse(at(-0.0125))],
    );
    t.match(decisions, [
      { decision_id: 'd1', customer: 'C-1', arm: 'offer', offer: 'ACME-PLATINUM', presentation: 'agent' },
    ]);
    t.match((decisions![0] as { record: object }).record, { seed: 0.5, settingsId: '57a9402b' });
    t.match(attempts, [{ attempt: 0, status: 200 }]);
    t.match(outcomes, [{ result: 'success', duration_ms: 2000 }]);
    t.match(usages, [{ kind: 'agent', agent: '1001', seconds: 60 }]);
    t.match(exposures, [
      {
        offer: 'ACME-PLATINUM',
        state: 'confirmed',
        agent: '1001',
        centre: 'east',
        queue: 'acme-sales',
        customer: 'C-1',
      },
      { offer: 'ACME-TRAVEL', state: 'concluded', result: 'declined', customer: 'C-1', partner: 'acme' },
    ]);
    t.same(
      exposures?.map((row) => (row as { ended_at: Date }).ended_at.toISOString()),
      [at(90), at(20)],
      'the talk with the agent ended with the line of its time',
    );
    t.match(partners, [{ partner: 'acme', is_current: false }], 'not of the settings here');
    t.match(offers, [
      { offer: 'ACME-PLATINUM', kind: 'sales', url: 'https://scripts.example.com/x', is_current: false },
      { offer: 'ACME-TRAVEL', is_current: false },
    ]);
    t.match(heard, [{ decision_id: 'd1', offer: 'ACME-TRAVEL', result: 'declined' }]);
  },
);

onEachDatabase(
  'lines in any order, in any batches, some twice, from two routers, give the same tables',
  async (t, { database }) => {
    await hearIvrResults(database);
    await catalogue(database);
    const calls = [
      ...callLines({ decisionId: 'd1', customer: 'C-1' }),
      ...callLines({ decisionId: 'd2', second: 200, partner: 'borealis', offer: 'BOR-FIBRE' }),
      decision({ decisionId: 'd2', second: 230, customer: 'B-9', partner: 'borealis' }),
      decision({ decisionId: 'd3', second: 300, customer: 'C-3' }),
      exposure('d3', 301, 'reserved'),
      exposure('d3', 310, 'released', { result: 'abandoned' }),
      exposure('d3', 312, 'confirmed', { agent: '1002', centre: 'east', queue: 'acme-sales' }),
      exposure('d4', 400, 'released', { result: 'not-presented' }),
      outcome('d5', 500, null),
    ];
    await hand(database, calls);
    const wanted = await tables(database);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(calls, { minLength: calls.length }),
        fc.array(fc.nat(calls.length - 1), { maxLength: 10 }),
        fc.integer({ min: 1, max: calls.length }),
        async (shuffled, repeats, batch) => {
          await database.query('TRUNCATE proffer.contacts, proffer.spools, proffer.heard CASCADE');
          const all = [...shuffled, ...repeats.map((index) => calls[index]!)];
          for (let i = 0; i < all.length; i += batch) {
            await hand(database, all.slice(i, i + batch), i % 2 === 0 ? 's' : 'r');
          }
          const { offers: _, ...rest } = await tables(database);
          const { offers: _known, ...expected } = wanted;
          t.same(rest, expected);
        },
      ),
      { numRuns: 25 },
    );
    t.same(await database.query('SELECT * FROM proffer.refused_lines'), []);
  },
);

onEachDatabase(
  'states go forward only, and an agent who had the call wins over a release',
  async (t, { database }) => {
    await hearIvrResults(database);
    await hand(database, [
      decision({ decisionId: 'd' }),
      exposure('d', 5, 'released', { result: 'abandoned' }),
    ]);
    t.match(await one(database, 'SELECT state, result FROM proffer.exposures'), {
      state: 'released',
      result: 'abandoned',
    });
    await hand(database, [exposure('d', 4, 'confirmed', { agent: '1001' }), exposure('d', 1, 'reserved')]);
    t.match(await one(database, 'SELECT state, result, ended_at, agent FROM proffer.exposures'), {
      state: 'confirmed',
      result: null,
      ended_at: null,
      agent: '1001',
    });
    await hand(database, [exposure('d', 6, 'released', { result: 'not-presented' }), usage('d', 60)]);
    const last = await one(database, 'SELECT state, result, reserved_at, ended_at FROM proffer.exposures');
    t.match(last, { state: 'confirmed', result: null });
    t.same([last['reserved_at'], last['ended_at']], [new Date(at(1)), new Date(at(60))]);
  },
);

onEachDatabase(
  'a conclusion that overtakes its confirmation, and an outcome its decision',
  async (t, { database }) => {
    await hearIvrResults(database);
    const ivr = { kind: 'ivr', presentation: 'ivr', result: 'accepted' };
    await hand(database, [exposure('d', 30, 'concluded', ivr), outcome('d', 3, null)]);
    t.match(await one(database, 'SELECT partner, customer FROM proffer.exposures'), {
      partner: 'unknown',
      customer: null,
    });
    await hand(database, [exposure('d', 10, 'confirmed', { ...ivr, result: undefined })]);
    await hand(database, [decision({ decisionId: 'd', second: 2, customer: 'C-1' })]);
    const row = await one(database, 'SELECT * FROM proffer.exposures');
    t.match(row, { partner: 'acme', customer: 'C-1', state: 'concluded', result: 'accepted' });
    t.same([row['confirmed_at'], row['ended_at']], [new Date(at(10)), new Date(at(30))]);
    t.match(await one(database, 'SELECT partner, customer FROM proffer.contacts'), {
      partner: 'acme',
      customer: 'C-1',
    });
    t.equal((await database.query('SELECT * FROM proffer.heard')).length, 1);
  },
);

onEachDatabase(
  'a line that fits no table is refused with its reason and stops no other',
  async (t, { database }) => {
    await hearIvrResults(database);
    const good = (i: number): Line => attempt('d', i, i);
    const bad: readonly (readonly [Line | string, RegExp])[] = [
      ['{"type":"decis', /invalid input syntax for type json/],
      ['', /invalid input syntax/],
      ['[1,2]', /no JSON object/],
      [{ ...good(100), type: 'gossip' }, /type is none/],
      [{ ...good(101), decisionId: 7 }, /decisionId is missing/],
      [{ ...good(102), decisionId: 'x'.repeat(200) }, /violates check constraint/],
      [{ ...good(103), at: 'yesterday' }, /at is no time/],
      [{ ...good(104), at: '2026-13-45T00:00:00Z' }, /out of range/],
      [{ ...good(105), status: 99999 }, /violates check constraint/],
      [{ ...good(106), attempt: 1e12 }, /out of range/],
      [{ ...good(107), attempt: 'three' }, /invalid input syntax for type integer/],
      [{ ...good(108), reason: undefined }, /null value/],
      [{ ...usage('d', 109), seconds: -1 }, /violates check constraint/],
      [`{"type":"outcome","at":"${at(110)}","decisionId":"d","durationMs":1e400}`, /out of range/],
      [exposure('d', 111, 'dreamt'), /violates/],
      [
        exposure('d', 112, 'reserved', { offer: "x'; DROP TABLE proffer.contacts; --" }),
        /violates check constraint/,
      ],
      [
        exposure('d', 113, 'reserved', {
          presentation: Array.from({ length: 9000 }, (_, i) => i * i).join(),
        }),
        /index row/,
      ],
      [{ ...decision({ decisionId: 'd' }), decidedAt: 'infinity' }, /decidedAt is no time/],
      [{ ...decision({ decisionId: 'd' }), partner: 'no partner!' }, /violates check constraint/],
      // The embedded database dies of it, and our lines are nested a few levels deep.
      ...(database.kind === 'embedded' ? [] : [['['.repeat(20_000), /stack depth|invalid input/] as const]),
      [exposure('d', 114, 'reserved', { kind: 'smoke-signal' }), /violates check constraint/],
    ];
    const lines = bad.flatMap(([line], i) => [good(2 * i), line, good(2 * i + 1)]);
    const answer = await hand(database, lines);
    t.same(answer, { kind: 'taken', lines: lines.length, refused: bad.length });
    const refused = await database.query<{ byte_offset: number; reason: string; line: string }>(
      'SELECT * FROM proffer.refused_lines ORDER BY byte_offset',
    );
    t.equal(refused.length, bad.length);
    for (const [i, row] of refused.entries()) {
      const [line, reason] = bad[i]!;
      t.equal(row.byte_offset, 3 * i + 1);
      t.match(row.reason, reason);
      t.equal(row.line, typeof line === 'string' ? line : JSON.stringify(line));
    }
    t.same(await one(database, 'SELECT count(*) FROM proffer.attempts'), { count: 2 * bad.length });
  },
);

onEachDatabase(
  'a batch that does not begin at the cursor takes nothing and says where it is',
  async (t, { database }) => {
    await hand(database, [attempt('d', 1)]);
    const [row] = await database.query(
      `SELECT proffer.record_lines('s', 1, 0, 5, $1, '{0}', '[]') AS answer`,
      [JSON.stringify(attempt('other', 1))],
    );
    t.same(row, { answer: { kind: 'moved', file: 1, offset: 1 } });
    const [unknown] = await database.query(
      `SELECT proffer.record_lines('new', 1, 0, 5, '', '{}', '[]') AS answer`,
    );
    t.same(unknown, { answer: { kind: 'moved', file: null, offset: null } });
    const [wrong] = await database.query(`SELECT proffer.move_spool('s', 1, 0, 2, 0) AS answer`);
    t.same(wrong, { answer: { kind: 'moved', file: 1, offset: 1 } });
    const [next] = await database.query(`SELECT proffer.move_spool('s', 1, 1, 2, 0) AS answer`);
    t.match(next, { answer: { kind: 'taken' } });
    t.same(await one(database, 'SELECT count(*) FROM proffer.contacts'), { count: 1 });
  },
);

onEachDatabase('an IVR result that the dispositions refuse costs its line alone', async (t, { database }) => {
  await database.query(`
    CREATE OR REPLACE FUNCTION proffer.record_ivr_result(p_decision_id text, p_offer text, p_result text, p_at timestamptz)
    RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no such code'; END $$`);
  const ivr = { kind: 'ivr', presentation: 'ivr' };
  const answer = await hand(database, [
    decision({ decisionId: 'd' }),
    exposure('d', 1, 'confirmed', ivr),
    exposure('d', 2, 'concluded', { ...ivr, result: 'accepted' }),
    outcome('d', 3),
  ]);
  t.match(answer, { kind: 'taken', refused: 1 });
  t.match(await one(database, 'SELECT state FROM proffer.exposures'), { state: 'confirmed' });
  t.match(await one(database, 'SELECT reason FROM proffer.refused_lines'), { reason: 'no such code' });
});

onEachDatabase(
  'a disposition that came before the line with the customer is learned of when that comes',
  async (t, { database }) => {
    await catalogue(database);
    await database.query(
      `INSERT INTO proffer.disposition_codes (partner, code, name, outcome, cool_off_days)
       VALUES ('acme', 'declined', 'Declined', 'declined', 3650)`,
    );
    await hand(database, [outcome('d', 3), exposure('d', 4, 'confirmed', { agent: '1001', centre: 'east' })]);
    const recorded = await database.query(
      `SELECT proffer.record_disposition('{"decisionId": "d", "offer": "ACME-PLATINUM", "code": "declined", "source": "agent",
         "agent": "1001", "at": "2026-11-26T10:02:00Z"}') AS answer`,
    );
    t.match(recorded, [{ answer: { kind: 'recorded' } }]);
    t.same(await database.query('SELECT customer FROM proffer.learned'), []);
    t.match(await hand(database, [decision({ decisionId: 'd', customer: 'C-1' })]), { refused: 0 });
    t.match(await one(database, 'SELECT customer FROM proffer.dispositions'), { customer: 'C-1' });
    t.match(await one(database, 'SELECT customer, state FROM proffer.learned'), {
      customer: 'C-1',
      state: { offers: [{ offerCode: 'ACME-PLATINUM', reason: 'declined' }] },
    });
  },
);

onEachDatabase('lines of somebody who was erased come without the person', async (t, { database }) => {
  await catalogue(database);
  const forget = (customer: string) =>
    database.query("SELECT proffer.forget('acme', $1, 'test', NULL)", [customer]);
  await hand(database, [decision({ decisionId: 'before', customer: 'C-1' })]);
  await forget('C-1');
  // Nothing was there of this one: all of it still waits in a spool.
  await forget('C-2');
  await hand(database, [
    ...callLines({ decisionId: 'late', customer: 'C-1' }),
    decision({ decisionId: 'before', second: 40, customer: 'C-1' }),
    decision({ decisionId: 'second', customer: 'C-2' }),
    decision({ decisionId: 'other', customer: 'C-12' }),
    decision({ decisionId: 'namesake', customer: 'C-1', partner: 'borealis', offer: 'BOR-FIBRE' }),
  ]);
  t.same(await database.query('SELECT contact, customer, caller FROM proffer.contacts ORDER BY contact'), [
    { contact: 'before', customer: null, caller: null },
    { contact: 'late', customer: null, caller: null },
    { contact: 'namesake', customer: 'C-1', caller: '**********01' },
    { contact: 'other', customer: 'C-12', caller: '**********01' },
    { contact: 'second', customer: null, caller: null },
  ]);
  t.same(
    await database.query('SELECT decision_id FROM proffer.decisions WHERE customer IS NOT NULL ORDER BY 1'),
    [{ decision_id: 'namesake' }, { decision_id: 'other' }],
  );
  t.match(
    await one(
      database,
      "SELECT count(*) FROM proffer.decisions WHERE partner = 'acme' AND record::text ~ 'C-[12]\\M'",
    ),
    { count: 0 },
  );
  t.match(
    await one(
      database,
      "SELECT count(*) FROM proffer.exposures WHERE decision_id = 'late' AND customer IS NULL",
    ),
    { count: 2 },
    'the call itself is there',
  );
});

onEachDatabase('who is imported again after an erasure is there for later calls', async (t, { database }) => {
  await catalogue(database);
  await database.query("SELECT proffer.forget('acme', 'C-1', 'test', NULL)");
  await database.query('UPDATE proffer.erased SET erased_at = $1', [at(100)]);
  await database.query("INSERT INTO proffer.customers (partner, customer) VALUES ('acme', 'C-1')");
  await hand(database, [
    decision({ decisionId: 'earlier', second: 99, customer: 'C-1' }),
    decision({ decisionId: 'later', second: 101, customer: 'C-1' }),
  ]);
  t.same(await database.query('SELECT contact, customer FROM proffer.contacts ORDER BY contact'), [
    { contact: 'earlier', customer: null },
    { contact: 'later', customer: 'C-1' },
  ]);
});
