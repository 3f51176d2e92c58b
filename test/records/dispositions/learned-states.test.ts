// What proffer.learn makes of what is recorded: the shapes of offers/learned.ts.
import fc from 'fast-check';
import { systemClock } from '../../../src/kernel/index.js';
import { ServiceAlerts } from '../../../src/records/alerts/service-alerts.js';
import { Dispositions } from '../../../src/records/dispositions/dispositions.js';
import type { RecordsDatabase } from '../../../src/records/database/records-database.js';
import { day, hour, learnedOf, openShop, placeCall } from '../../support/records-shop.js';
import { onEachDatabase } from '../../support/records-stage.js';

const now = Math.floor(Date.now() / 1000) * 1000;

/** Records as of a moment: a call, and what was said of its offer then. */
async function say(
  database: RecordsDatabase,
  { id, offer = 'PLATINUM', code, at, ...more }: Said,
): Promise<string> {
  await placeCall(database, {
    decisionId: id,
    offer,
    at: at - 1000,
    ...(more.kind ? { kind: more.kind } : {}),
  });
  return tell(database, { id, offer, code, at, ...more });
}

interface Said {
  readonly id: string;
  readonly offer?: string;
  readonly code: string;
  readonly at: number;
  readonly source?: string;
  readonly callbackAt?: number;
  readonly kind?: 'agent' | 'ivr';
}

async function tell(database: RecordsDatabase, said: Said): Promise<string> {
  const { id, offer = 'PLATINUM', code, at, source = 'agent', callbackAt } = said;
  const p = {
    decisionId: id,
    offer,
    code,
    source,
    agent: source === 'agent' ? '1001' : undefined,
    at: new Date(at).toISOString(),
    callbackAt: callbackAt && new Date(callbackAt).toISOString(),
  };
  const rows = await database.query<{ kind: string }>(
    "SELECT proffer.record_disposition($1) ->> 'kind' AS kind",
    [JSON.stringify(p)],
  );
  return rows[0]?.kind ?? '';
}

const years = (from: number, count: number): number => {
  const date = new Date(from);
  date.setUTCFullYear(date.getUTCFullYear() + count);
  return date.getTime();
};

onEachDatabase('accepted: the product is held, and so is its family', async (t, { database }) => {
  await openShop(database);
  t.equal(await say(database, { id: 'd1', code: 'accepted', at: now - hour }), 'recorded');
  const until = years(now - hour, 10);
  t.match(await learnedOf(database), {
    offers: [
      { effect: 'withheld', offerCode: 'GOLD', reason: 'held', at: now - hour, until },
      { effect: 'withheld', offerCode: 'PLATINUM', reason: 'accepted', at: now - hour, until },
    ],
    expiresAt: until,
  });
  await say(database, { id: 'd2', code: 'declined', at: now });
  t.match(
    await learnedOf(database),
    { offers: [{}, { reason: 'accepted' }] },
    'it is held whatever is said later',
  );
  t.equal((await learnedOf(database))?.alerts, undefined, 'nothing is known of alerts');
});

onEachDatabase('a correction takes back what followed', async (t, { database }) => {
  await openShop(database);
  const dispositions = new Dispositions({ database, clock: systemClock });
  await say(database, { id: 'd1', code: 'accepted', at: now - hour });
  const before = await learnedOf(database);
  await dispositions.record(
    { decisionId: 'd1', offer: 'PLATINUM', code: 'not-presented' },
    { isCorrection: true },
  );
  const after = await learnedOf(database);
  t.same(after?.offers, []);
  t.ok(
    (after?.revision ?? 0) > (before?.revision ?? 0),
    'an empty state with a new revision, for stores to forget',
  );
  t.equal(after?.expiresAt, before?.expiresAt, 'it lives as long as what it takes back');
  await dispositions.record({ decisionId: 'd1', offer: 'PLATINUM', code: 'shown' }, { isCorrection: true });
  t.equal((await learnedOf(database))?.revision, after?.revision, 'nothing new, no new revision');
});

onEachDatabase('declined and the like cool off; the latest call counts', async (t, { database }) => {
  await openShop(database);
  await say(database, { id: 'd1', code: 'declined', at: now - 3 * day });
  t.match((await learnedOf(database))?.offers, [
    { effect: 'withheld', reason: 'declined', at: now - 3 * day, until: now + 87 * day },
  ]);
  await say(database, { id: 'd2', code: 'silent', at: now - 2 * day });
  t.match((await learnedOf(database))?.offers, [{ reason: 'presented', until: now + 5 * day }]);
  await say(database, { id: 'd3', code: 'declined', at: now - 4 * day });
  t.match((await learnedOf(database))?.offers, [{ reason: 'presented' }], 'told late');
  await say(database, { id: 'd4', code: 'not-presented', at: now - day });
  t.match((await learnedOf(database))?.offers, [{ reason: 'presented' }], 'which says nothing of the offer');
  await say(database, { id: 'd5', code: 'shown', at: now - day });
  t.same((await learnedOf(database))?.offers, [], 'without days it may be made again');
  await say(database, { id: 'd6', code: 'presented', at: now - 20 * day, offer: 'TRAVEL' });
  t.same((await learnedOf(database))?.offers, [], 'over by now');
});

onEachDatabase('a callback goes first when it was asked for', async (t, { database }) => {
  await openShop(database);
  await placeCall(database, { decisionId: 'd1', at: now, offerValue: 150 });
  await tell(database, { id: 'd1', code: 'callback', at: now, callbackAt: now + 5 * hour });
  t.same((await learnedOf(database))?.offers, [
    {
      effect: 'boosted',
      offerCode: 'PLATINUM',
      reason: 'callback',
      at: now,
      from: now + 5 * hour,
      until: now + 9 * hour,
      propensity: 0.5,
      value: 150,
    },
  ]);
  await say(database, { id: 'd2', code: 'callback', at: now, source: 'ivr', kind: 'ivr', offer: 'TRAVEL' });
  t.match(
    (await learnedOf(database))?.offers[1],
    { offerCode: 'TRAVEL', from: now + hour, until: now + 5 * hour, value: 45 },
    'without a time: an hour later',
  );
});

onEachDatabase('accounts hold products', async (t, { database }) => {
  await openShop(database);
  await database.query(
    "UPDATE proffer.accounts SET product = 'gold', opened_on = '2011-05-04' WHERE account = '1001'",
  );
  await database.query("SELECT proffer.learn('acme', 'c1')");
  t.match(await learnedOf(database), {
    offers: [
      { offerCode: 'GOLD', reason: 'held', at: Date.UTC(2011, 4, 4) },
      { offerCode: 'PLATINUM', reason: 'held' },
    ],
  });
  t.ok(((await learnedOf(database))?.expiresAt ?? 0) > years(now, 10) - day);
  await database.query("UPDATE proffer.accounts SET closed_on = '2020-01-01' WHERE account = '1001'");
  t.same(await database.query("SELECT proffer.learn_many('acme', '{c1,c2,nobody}') AS changed"), [
    { changed: 1 },
  ]);
  t.same((await learnedOf(database))?.offers, []);
});

onEachDatabase('alerts put service offers in front while they are open', async (t, { database }) => {
  await openShop(database);
  const alerts = new ServiceAlerts({ database, clock: systemClock });
  await alerts.open({ partner: 'acme', alert: 'a1', account: '1001', offer: 'SERVICE' });
  t.match(await learnedOf(database), { offers: [], alerts: [{ offerCode: 'SERVICE', value: 25 }] });
  t.ok(((await learnedOf(database))?.expiresAt ?? 0) > now + 399 * day);
  const { revision } = (await learnedOf(database)) ?? {};
  await database.query("SELECT proffer.learn('acme', 'c1')");
  t.equal((await learnedOf(database))?.revision, revision, 'the same again is no new revision');
  await alerts.open({ partner: 'acme', alert: 'a2', account: '1002' });
  t.same((await learnedOf(database))?.alerts, [
    { offerCode: 'REPAIR', value: 30.5 },
    { offerCode: 'SERVICE', value: 25 },
  ]);
  await alerts.close('acme', 'a2');
  await alerts.close('acme', 'a1');
  t.same((await learnedOf(database))?.alerts, [], 'none is open any more');
  t.equal(await learnedOf(database, 'c2'), undefined, 'nothing of somebody else');
});

onEachDatabase('what was learned is taken back whole', async (t, { database }) => {
  await openShop(database);
  t.same(await database.query("SELECT proffer.unlearn('acme', 'c1') AS revision"), [{ revision: null }]);
  await say(database, { id: 'd1', code: 'accepted', at: now });
  const before = (await learnedOf(database))?.revision ?? 0;
  const [row] = await database.query<{ revision: number }>(
    "SELECT proffer.unlearn('acme', 'c1') AS revision",
  );
  t.ok((row?.revision ?? 0) > before);
  t.same((await learnedOf(database))?.offers, []);
});

const codes = ['accepted', 'declined', 'callback', 'silent', 'presented', 'shown', 'not-presented'] as const;
const event = fc.record({
  offer: fc.constantFrom('PLATINUM', 'GOLD', 'TRAVEL', 'SERVICE'),
  code: fc.constantFrom(...codes),
  /** Days ago; equal ones are told apart by the call. */
  age: fc.integer({ min: 0, max: 30 }),
  source: fc.constantFrom('agent', 'ivr'),
  isAlsoWrapped: fc.boolean(),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

/** What is to be learned of these events, thought again without SQL. */
function expected(events: readonly Event[]): readonly string[] {
  const family: Record<string, string> = { PLATINUM: 'cards', GOLD: 'cards', TRAVEL: 'travel' };
  const coolOff: Record<string, number> = { declined: 90, silent: 7, presented: 14 };
  const said = events.map((one, index) => ({ ...one, index, at: now - one.age * day }));
  const sales = said.filter(({ code, offer }) => code === 'accepted' && offer !== 'SERVICE');
  return ['GOLD', 'PLATINUM', 'SERVICE', 'TRAVEL'].flatMap((offer) => {
    if (sales.some((one) => one.offer === offer)) return [`${offer} accepted`];
    if (sales.some((one) => family[one.offer] === family[offer] && offer in family)) return [`${offer} held`];
    const [last] = said
      .filter((one) => one.offer === offer && one.code !== 'not-presented')
      .sort((a, b) => b.at - a.at || b.index - a.index);
    if (last === undefined) return [];
    if (last.code === 'callback') {
      const until = last.at + (last.source === 'ivr' ? hour : day) + 4 * hour;
      return until > now ? [`${offer} callback`] : [];
    }
    const days = coolOff[last.code];
    if (days === undefined || last.at + days * day <= now + hour) return [];
    return [`${offer} ${last.code === 'declined' ? 'declined' : 'presented'}`];
  });
}

onEachDatabase('the order in which it comes does not matter', async (t, { database }) => {
  await openShop(database);
  let run = 0;
  const learnAll = async (events: readonly Event[], order: readonly number[]): Promise<unknown> => {
    run += 1;
    const customer = `p${run}`;
    for (const index of order) {
      const { offer, code, age, source, isAlsoWrapped } = events[index] as Event;
      const id = `r${String(run).padStart(4, '0')}-${index}`;
      const at = now - age * day;
      await placeCall(database, {
        decisionId: id,
        offer,
        at,
        customer,
        kind: source === 'ivr' ? 'ivr' : 'agent',
      });
      const callbackAt = code === 'callback' && source === 'agent' ? { callbackAt: at + day } : {};
      const wrapped = { id, offer, code: 'presented', at, source: 'auto' };
      const steps = [
        () => tell(database, { id, offer, code, at, source, ...callbackAt }),
        ...(isAlsoWrapped ? [() => tell(database, wrapped)] : []),
      ];
      // Late or early.
      for (const step of index % 2 === order.length % 2 ? steps : steps.reverse()) await step();
    }
    const learned = await learnedOf(database, customer);
    return learned?.offers ?? [];
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 1, maxLength: 6 }).chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray(
            events.map((_, index) => index),
            { minLength: events.length },
          ),
        ),
      ),
      async ([events, order]) => {
        const inOrder = await learnAll(events, [...events.keys()]);
        const shuffled = await learnAll(events, order);
        t.same(shuffled, inOrder);
        const words = (inOrder as readonly { offerCode: string; reason: string }[]).map(
          ({ offerCode, reason }) => `${offerCode} ${reason}`,
        );
        t.same(words, expected(events));
        return t.passing();
      },
    ),
    { numRuns: 40 },
  );
});
