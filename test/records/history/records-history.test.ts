// What the records database has learned, as ranking and training read it.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { RecordsHistory } from '../../../src/records/history/index.js';
import type { LearnedPast } from '../../../src/records/history/index.js';
import { RecordedCalls } from '../../support/recorded-calls.js';
import { onEachDatabase } from '../../support/records-stage.js';
import type { RecordsStage } from '../../support/records-stage.js';

t.setTimeout(300_000);

const directory = mkdtempSync(join(tmpdir(), 'proffer-history-'));
t.teardown(() => rmSync(directory, { recursive: true, force: true }));
const file = join(directory, 'rows.csv');

type Kind = Parameters<LearnedPast['exportRows']>[0];

async function pastOf({ database }: RecordsStage, at?: string, pageRows = 3): Promise<LearnedPast> {
  const history = new RecordsHistory(database, 'the database of the test', { pageRows });
  const past = await history.upTo(at === undefined ? undefined : Date.parse(at));
  if (past === undefined) throw new Error('there is no past');
  return past;
}

/** Lines without the header, sorted: the order is that of keys. */
async function lines(past: LearnedPast, kind: Kind, partner = 'acme'): Promise<readonly string[]> {
  const { rows } = await past.exportRows(kind, { partner, file });
  const found = readFileSync(file, 'utf8').split('\n').slice(1, -1);
  if (found.length !== rows) throw new Error(`${rows} rows were told, ${found.length} are there`);
  return found.toSorted();
}

async function stocked(stage: RecordsStage): Promise<RecordedCalls> {
  const calls = new RecordedCalls(stage.database);
  await calls.catalogue({ CARD: 'sales', LOAN: 'sales', REPAIR: 'service' });
  return calls;
}

onEachDatabase('exposures with what became of them, in the words of ranking', async (t, stage) => {
  const calls = await stocked(stage);
  const at = '2026-11-01T10:00:00.000123Z';
  await calls.exposure({ customer: 'A1', offer: 'CARD', at, said: ['accepted'] });
  await calls.exposure({ customer: 'A2', offer: 'CARD', at, said: ['declined'] });
  await calls.exposure({ customer: 'A3', offer: 'CARD', at, said: ['bought'] });
  await calls.exposure({ customer: 'A4', offer: 'CARD', at, said: ['unsure'] });
  await calls.exposure({ customer: 'A5', offer: 'CARD', at, said: ['callback'] });
  await calls.exposure({ customer: 'A6', offer: 'CARD', at, state: 'confirmed' });
  await calls.exposure({ customer: 'A7', offer: 'CARD', at, said: ['accepted', 'declined'] });
  await calls.exposure({ customer: 'A8', offer: 'CARD', at, state: 'released' });
  await calls.exposure({ customer: 'A9', offer: 'CARD', at, state: 'reserved' });
  await calls.exposure({ customer: null, offer: 'CARD', at, said: ['declined'] });
  await calls.past([
    ['A1', 'LOAN', '2026-01-01T00:00:00Z', 'Declined, "thanks"'],
    ['Zoë, née A', 'GONE', '2026-01-02T00:00:00Z'],
  ]);
  const time = '"2026-11-01 10:00:00.000123"';
  t.strictSame(await lines(await pastOf(stage), 'exposures'), [
    `"A1","CARD",${time},"accepted"`,
    `"A1","LOAN","2026-01-01 00:00:00.000000","Declined, ""thanks"""`,
    `"A2","CARD",${time},"declined"`,
    `"A3","CARD",${time},"accepted"`,
    `"A4","CARD",${time},"presented"`,
    `"A5","CARD",${time},"callback"`,
    `"A6","CARD",${time},`,
    `"A7","CARD",${time},"declined"`,
    `"Zoë, née A","GONE","2026-01-02 00:00:00.000000",`,
  ]);
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.strictSame(await lines(await pastOf(stage), 'exposures', 'borealis'), [], 'nothing of another partner');
});

onEachDatabase('an offer shown twice on a call, or whose showing was never confirmed', async (t, stage) => {
  const calls = await stocked(stage);
  const shown = { customer: 'A1', offer: 'CARD', decision: 'twice' } as const;
  await calls.exposure({ ...shown, at: '2026-11-01T10:00:00Z', presentation: 'ivr', said: ['declined'] });
  await calls.exposure({ ...shown, at: '2026-11-01T10:05:00Z', presentation: 'agent' });
  const lost = { customer: 'A2', offer: 'CARD', at: '2026-11-02T10:00:00Z' } as const;
  await calls.exposure({ ...lost, state: 'reserved', said: ['declined'] });
  await calls.dispositions('web', { ...lost, customer: 'A3' }, ['accepted']);
  await calls.dispositions('none', { ...lost, customer: 'A4' }, ['not-presented']);
  t.strictSame(await lines(await pastOf(stage), 'exposures'), [
    '"A1","CARD","2026-11-01 10:05:00.000000","declined"',
    '"A2","CARD","2026-11-02 10:00:00.000000","declined"',
    '"A3","CARD","2026-11-02 10:00:00.000000","accepted"',
  ]);
});

onEachDatabase('purchases: accepted offers, and accounts until they are closed', async (t, stage) => {
  const calls = await stocked(stage);
  const at = '2026-11-01T10:00:00Z';
  for (const customer of ['A1', 'A2', 'A3']) await calls.customer(customer);
  await calls.exposure({ customer: 'A1', offer: 'CARD', at, said: ['accepted'] });
  await calls.exposure({ customer: 'A2', offer: 'CARD', at, said: ['declined', 'bought'] });
  await calls.exposure({ customer: 'A3', offer: 'CARD', at, said: ['accepted', 'declined'] });
  await calls.exposure({ customer: 'A4', offer: 'CARD', at, said: ['accepted'] });
  await calls.customer('A3', { account: '30', product: 'LOAN', opened: '2020-01-31' });
  await calls.customer('A3', { account: '31' });
  // The sale to A4 became an account, which was closed since.
  await calls.customer('A4', { account: '40', product: 'CARD', opened: '2026-11-02', closed: '2026-11-20' });
  // An account of before says nothing of the sale.
  await calls.customer('A1', { account: '10', product: 'CARD', opened: '2019-01-01', closed: '2020-01-01' });
  t.strictSame(await lines(await pastOf(stage), 'purchases'), [
    '"A1","CARD","2019-01-01","2020-01-01"',
    '"A1","CARD","2026-11-01 10:00:00.000000",',
    '"A2","CARD","2026-11-01 10:00:00.000000",',
    '"A3","LOAN","2020-01-31",',
    '"A4","CARD","2026-11-02","2026-11-20"',
  ]);
});

onEachDatabase('service alerts that are open, with the offer that answers each', async (t, stage) => {
  const calls = await stocked(stage);
  await calls.customer('A1', { account: '10' });
  await calls.customer('A2', { account: '20' });
  await calls.alert('a', '10', { offer: 'REPAIR', opened: '2026-11-01T10:00:00Z' });
  await calls.alert('b', '20', { opened: '2026-11-02T10:00:00Z', closed: '2026-11-03T10:00:00Z' });
  await calls.alert('c', '20', { opened: '2026-11-04T10:00:00Z' });
  t.strictSame(await lines(await pastOf(stage), 'serviceAlerts'), [
    '"A1","REPAIR","2026-11-01 10:00:00.000000",',
    '"A2","REPAIR","2026-11-04 10:00:00.000000",',
  ]);
  t.strictSame(await lines(await pastOf(stage, '2026-11-03T00:00:00Z'), 'serviceAlerts'), [
    '"A1","REPAIR","2026-11-01 10:00:00.000000",',
    '"A2","REPAIR","2026-11-02 10:00:00.000000","2026-11-03 10:00:00.000000"',
  ]);
});

onEachDatabase('one instant for all: nothing later is in any of them', async (t, stage) => {
  const calls = await stocked(stage);
  await calls.customer('A1', { account: '10', product: 'LOAN', opened: '2026-11-02' });
  await calls.exposure({
    customer: 'A1',
    offer: 'CARD',
    at: '2026-11-01T10:00:00Z',
    said: ['presented', { code: 'accepted', at: '2026-11-05T10:00:00Z' }],
  });
  await calls.exposure({ customer: 'A2', offer: 'CARD', at: '2026-11-03T10:00:00Z', said: ['declined'] });
  await calls.past([['A3', 'CARD', '2026-11-02T00:00:00Z', 'declined']]);
  const early = await pastOf(stage, '2026-11-01T12:00:00Z');
  t.equal(early.learnedThrough, Date.parse('2026-11-01T12:00:00Z'));
  t.strictSame(await lines(early, 'exposures'), ['"A1","CARD","2026-11-01 10:00:00.000000","presented"']);
  t.strictSame(await lines(early, 'purchases'), []);
  const now = await pastOf(stage);
  // Recorded after the past was asked for, though it happened before.
  await calls.exposure({ customer: 'A4', offer: 'CARD', at: '2026-11-01T10:00:00Z', said: ['accepted'] });
  await calls.past([['A5', 'CARD', '2026-11-02T00:00:00Z', 'declined']]);
  t.equal((await lines(now, 'exposures')).filter((line) => /accepted|A5/.test(line)).length, 1);
  t.strictSame(await lines(now, 'purchases'), [
    '"A1","CARD","2026-11-05 10:00:00.000000",',
    '"A1","LOAN","2026-11-02",',
  ]);
});

onEachDatabase('pages of any size give the same rows in the same order', async (t, stage) => {
  const calls = await stocked(stage);
  const at = (i: number): string => `2026-11-01T10:00:00.${String(i % 3).padStart(6, '0')}Z`;
  for (let i = 0; i < 11; i++) {
    await calls.exposure({
      customer: `A${i % 4}`,
      offer: i % 2 ? 'CARD' : 'LOAN',
      at: at(i),
      said: ['accepted'],
    });
  }
  await calls.past(Array.from({ length: 11 }, (_, i) => [`A${i % 4}`, `O${i}`, at(i)] as const));
  const whole = async (kind: Kind, pageRows: number): Promise<string> => {
    await (await pastOf(stage, undefined, pageRows)).exportRows(kind, { partner: 'acme', file });
    return readFileSync(file, 'utf8');
  };
  for (const kind of ['exposures', 'purchases'] as const) {
    const all = await whole(kind, 1000);
    for (const pageRows of [1, 2, 5, 11]) t.equal(await whole(kind, pageRows), all, `${kind} by ${pageRows}`);
  }
});

onEachDatabase('an export that is stopped, or has nowhere to write, says so', async (t: Test, stage) => {
  const calls = await stocked(stage);
  await calls.past([['A1', 'CARD', '2026-11-01T00:00:00Z']]);
  const past = await pastOf(stage);
  const stopped = AbortSignal.abort(new Error('stopped'));
  await t.rejects(past.exportRows('exposures', { partner: 'acme', file, signal: stopped }), /stopped/);
  const nowhere = join(directory, 'no', 'such', 'folder.csv');
  await t.rejects(past.exportRows('exposures', { partner: 'acme', file: nowhere }), {
    code: 'RECORDS_EXPORT_FILE',
  });
  t.notOk(existsSync(nowhere));
});

onEachDatabase('a database that has none of our tables has no past', async (t, stage) => {
  await stage.database.query('DROP SCHEMA proffer CASCADE');
  t.equal(await new RecordsHistory(stage.database, 'here').upTo(), undefined);
});
