import t from 'tap';
import { callText } from '../../../src/cli/calls-show-text.js';
import { replayed } from '../../../src/cli/calls-replay.js';
import { createDecider, toDecisionRecord } from '../../../src/decision/index.js';
import type { DecisionRecord } from '../../../src/decision/index.js';
import { callList } from '../../../src/records/reports/call-list.js';
import { callStory } from '../../../src/records/reports/call-story.js';
import type { CallStory } from '../../../src/records/reports/call-story.js';
import type { RecordsDatabase } from '../../../src/records/database/records-database.js';
import { CallCentre, hit, ranked, settingsOf, strategy } from '../../decision/call-centre.js';
import { onEachDatabase } from '../../support/records-stage.js';
import { insertCatalogue, insertRecords } from './random-records.js';
import type { RecordsData } from './random-records.js';

const start = Date.parse('2026-11-22T09:09:04.000Z');
const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();
const id = '8d07d280-3e77-40a2-9b9e-d11fa55d4220';

function decided(): DecisionRecord {
  const centre = new CallCentre();
  const input = centre.input({ lookup: hit(strategy([ranked('GOLD', 0.2), ranked('SILVER', 0.1)])) });
  const record = toDecisionRecord(centre.decider.decide(input), input, centre.decider);
  return JSON.parse(JSON.stringify(record)) as DecisionRecord;
}

/** One call: decided, answered by an agent, accepted, corrected to declined. */
function oneCall(record: object): Partial<RecordsData> {
  const base = { decision_id: id, partner: 'acme', customer: 'c-1' };
  const disposition = { ...base, offer: 'GOLD', source: 'agent', value: 180 } as const;
  return {
    contacts: [
      {
        ...{ contact: id, medium: 'call', partner: 'acme', customer: 'c-1', call_id: 'abc@test' },
        ...{ caller: '**********01', trunk: 'loopback', started_at: at(0) },
      },
    ],
    decisions: [{ ...base, decided_at: at(0.003), arm: 'offer', reason: 'offer', record }],
    outcomes: [
      {
        ...{ decision_id: id, at: at(0.286), partner: 'acme', trunk: 'loopback', result: 'success' },
        ...{ reason: 'answered', destination: 'east/sales', duration_ms: 286 },
      },
    ],
    usages: [
      { decision_id: id, at: at(310), kind: 'agent', destination: 'east/sales', agent: 'ann', seconds: 298 },
    ],
    exposures: [
      {
        ...{ ...base, offer: 'GOLD', presentation: 'agents', kind: 'agent', destination: 'east/sales' },
        ...{ state: 'confirmed', result: null, agent: 'ann', centre: 'east' },
        ...{ reserved_at: at(0.004), confirmed_at: at(12.5), ended_at: null },
      },
    ],
    dispositions: [
      {
        ...{ ...disposition, revision: 1, is_current: false, code: 'accepted', agent: 'ann' },
        ...{ note: null, at: at(320), recorded_at: at(320) },
      },
      {
        ...{ ...disposition, revision: 2, is_current: true, code: 'declined', agent: "o'neil" },
        ...{ note: 'wrong\u001b[2J key', at: at(4000), recorded_at: at(4000) },
      },
    ],
  };
}

const paint = { bold: String, dim: String, green: String, red: String };

async function storyOf(database: RecordsDatabase, wanted: string): Promise<CallStory> {
  const answer = await callStory(database, wanted);
  if (answer.kind !== 'story') throw new Error(`${wanted} is ${answer.kind}`);
  return answer.story;
}

onEachDatabase('the story of a call, by either id', async (t, { database }) => {
  await insertCatalogue(database);
  const record = decided();
  await insertRecords(database, oneCall(record));
  await database.query(
    `INSERT INTO proffer.learned (partner, customer, revision, state, expires_at) VALUES ('acme', 'c-1', 4, $1, '2027-02-20')`,
    [
      JSON.stringify({
        offers: [
          { effect: 'withheld', offerCode: 'GOLD', reason: 'declined', at: start, until: start + 1e10 },
        ],
      }),
    ],
  );
  const story = await storyOf(database, id);
  t.strictSame(await storyOf(database, 'abc@test'), story);
  t.strictSame(story.decisions[0]?.record, record);
  t.match(story, {
    contact: { decisionId: id, callId: 'abc@test', startedAt: new Date(start) },
    outcome: { result: 'success', durationMs: 286 },
    exposures: [{ offer: 'GOLD', state: 'confirmed', agent: 'ann' }],
    usages: [{ agent: 'ann', seconds: 298 }],
    dispositions: [
      { revision: 1, isCurrent: false, code: 'accepted' },
      { revision: 2, isCurrent: true, code: 'declined', agent: "o'neil" },
    ],
    learned: { revision: 4 },
  });

  const decider = createDecider(settingsOf());
  const same = replayed(record, decider);
  t.match(same, { kind: 'replayed', hasSameSettings: true, differences: [] });
  const text = callText({ story, replays: [same], detailDays: 90 }, paint);
  t.match(
    text,
    /The call of customer c-1 goes to (east|west)\/sales with GOLD, because it is worth 20\.00 there/,
  );
  t.match(text, /GOLD +agents +(east|west)\/sales +0\.200 +100\.00 .* 20\.00 +chosen/);
  t.match(text, /decided again: the same, by the same settings/);
  t.match(text, /\+0\.000 s +INVITE +\*\*\*\*\*\*\*\*\*\*01/);
  t.match(text, /\+12\.500 s +confirmed +GOLD by agents: presented by ann at east/);
  t.match(text, /\+5:10 min +talk ended +0:04:58 with ann at east\/sales/);
  t.match(text, /\+5:20 min +disposition +GOLD accepted by ann, value 180\.00, replaced later/);
  t.match(text, /\+1:06:40 h +disposition +GOLD declined by o'neil, correction 1: "wrong \[2J key"/);
  t.match(text, /GOLD +withheld +declined/);
  t.notOk(text.includes('\u001b'));
});

onEachDatabase('what replays a decision may have been removed', async (t, { database }) => {
  await insertCatalogue(database);
  await insertRecords(database, oneCall({}));
  const story = await storyOf(database, id);
  t.equal(story.decisions[0]?.record, undefined);
  const text = callText({ story, replays: [undefined], detailDays: 90 }, paint);
  t.match(text, /kept for 90 days \(records\.decisionDetailDays\)/);
  t.match(text, /disposition +GOLD declined/);
  t.match(text, /Nothing beside the ranking/);
});

onEachDatabase('an id may be any text; a Call-ID may be of several calls', async (t, { database }) => {
  await insertCatalogue(database);
  const one = oneCall({});
  await insertRecords(database, one);
  const again = one.contacts?.map((row) => ({ ...row, contact: 'second', started_at: at(60) })) ?? [];
  await insertRecords(database, { contacts: again });
  t.match(await callStory(database, 'abc@test'), {
    kind: 'several',
    calls: [
      { decisionId: 'second', result: null },
      { decisionId: id, result: 'success' },
    ],
  });
  const texts = [
    '',
    'nope',
    "'; DROP TABLE proffer.contacts; --",
    '\0',
    '\ud800',
    'x'.repeat(1_000_000),
    '%',
    '{}',
  ];
  for (const text of texts) t.strictSame(await callStory(database, text), { kind: 'unknown' });
  t.equal((await storyOf(database, id)).exposures.length, 1);
});

onEachDatabase('calls are listed newest first, by what is asked for', async (t, { database }) => {
  await insertCatalogue(database);
  const one = oneCall({});
  await insertRecords(database, one);
  const others = ['a', 'b', 'c'].map((name, i) => ({
    ...{ contact: name, medium: 'call', partner: i === 0 ? 'borealis' : 'acme', customer: null },
    ...{ call_id: name, caller: `**********0${i}`, trunk: 'loopback', started_at: at(60 * (i + 1)) },
  }));
  await insertRecords(database, { contacts: others });
  const ids = async (filter: object): Promise<readonly string[]> =>
    (await callList(database, { limit: 50, ...filter })).map((row) => row.decisionId);
  t.strictSame(await ids({}), ['c', 'b', 'a', id]);
  t.strictSame(await ids({ limit: 2 }), ['c', 'b']);
  t.strictSame(await ids({ from: new Date(at(60)), to: new Date(at(180)) }), ['b', 'a']);
  t.strictSame(await ids({ partner: 'borealis' }), ['a']);
  t.strictSame(await ids({ callers: ['+15550100001', '**********01'] }), ['b', id]);
  const own = { customer: 'c-1', agent: 'ann', offer: 'GOLD', result: 'success', disposition: 'declined' };
  for (const [name, value] of Object.entries(own)) t.strictSame(await ids({ [name]: value }), [id], name);
  t.strictSame(await ids({ result: 'answered' }), [id]);
  t.strictSame(await ids({ disposition: 'accepted' }), [], 'one that was corrected does not count');
  t.strictSame(await ids({ agent: "ann' OR true --" }), []);
  t.strictSame(await ids({ customer: '\0' }), []);
  const [, , , line] = await callList(database, { limit: 50 });
  t.match(line, {
    ...{
      arm: 'offer',
      result: 'success',
      outcomeReason: 'answered',
      destination: 'east/sales',
      seconds: 298,
    },
    dispositions: [{ offer: 'GOLD', code: 'declined' }],
  });
});

t.test('a replay says what is not the same, and why', (t) => {
  const record = decided();
  const other = createDecider(settingsOf({ policy: { killSwitch: true } }));
  const differs = replayed(record, other);
  t.match(differs, {
    kind: 'replayed',
    hasSameSettings: false,
    differences: [
      { what: 'arm', was: 'offer', now: 'none' },
      { what: 'reason', was: 'offer', now: 'kill-switch' },
      { what: 'offer', was: 'GOLD by agents', now: 'no offer' },
      { what: 'steps' },
      { what: 'candidates' },
    ],
  });
  t.match(replayed({ ...record, partner: 'gone' }, other), { kind: 'impossible', why: /no partner gone/ });
  t.end();
});
