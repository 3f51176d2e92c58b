// The stored procedure proffer.identify, branch by branch: who is found, what is told of whom, and how many tries there are.
import t from 'tap';
import type { Test } from 'tap';
import { defaultTryBounds, Identify } from '../../../src/records/identification/identify.js';
import type { IdentifyAnswer, IdentifyQuestion } from '../../../src/records/identification/identify.js';
import { IdentityKeys } from '../../../src/records/secrets.js';
import { onEachDatabase } from '../../support/records-stage.js';
import type { RecordsStage } from '../../support/records-stage.js';
import { addPerson, fillCatalogue, identityKey, identityKeys } from '../../support/records-people.js';

const account = '98761234';
const secret = '471147';
const ssn = '123456789';
const bob = '+15550100002';
const alice = {
  customer: 'A1',
  ssn,
  phones: ['+15550100001', '+15550100007'],
  salesOffer: 'ACME-PLATINUM',
  accounts: [{ account, secret }],
};

const identify = new Identify(identityKeys, {
  ...defaultTryBounds,
  triesByCaller: 1000,
  triesByAccount: 1000,
});

function asking(stage: RecordsStage, by = identify) {
  return (question: Partial<IdentifyQuestion> = {}): Promise<IdentifyAnswer> =>
    by.ask(stage.database, { partner: 'acme', account, secret, by: { caller: bob }, ...question });
}

onEachDatabase('what the records say of whom', async (t, stage) => {
  const { database } = stage;
  const ask = asking(stage);
  t.same(await ask(), { match: 'none', reason: 'no-accounts' }, 'a partner that nothing was imported of');
  await fillCatalogue(database);
  await addPerson(database, alice);
  await addPerson(database, {
    customer: 'A2',
    accounts: [
      { account: '1000', secret, alert: 'ACME-WATER' },
      { account: '2000', secret, alert: null },
      { account: '3000', secret, closedOn: '2020-01-01', alert: 'ACME-WATER' },
      { account: '4000' },
      { account: '5000', secret, closedOn: '2999-01-01' },
    ],
  });
  await addPerson(database, { partner: 'borealis', customer: 'B1', accounts: [{ account: '77', secret }] });
  await database.query(
    `INSERT INTO proffer.service_alerts (partner, alert, account, offer, severity, opened_at, closed_at) VALUES
       ('acme', 'minor', $1, 'ACME-WATER', 'minor', now(), NULL), ('acme', 'over', $1, 'ACME-WATER', 'critical', now(), now())`,
    [account],
  );
  const platinum = { offerCode: 'ACME-PLATINUM', offerUrl: 'https://scripts.example/platinum' };
  const water = {
    serviceOfferCode: 'ACME-WATER',
    serviceOfferUrl: 'https://scripts.example/water',
    serviceOfferValue: 6,
  };
  const flags = { optOut: false, affiliateOptOut: false, hardship: false, fraud: false, complaint: false };
  const a1 = {
    match: 'person',
    reason: 'offer',
    customerRef: 'A1',
    phones: alice.phones,
    flags,
    ...platinum,
  };
  const a2 = { match: 'person', reason: 'no-offer', by: 'secret', customerRef: 'A2', phones: [], flags };
  const wrong = { match: 'account', reason: 'wrong-secret' };
  const cases: readonly (readonly [string, Partial<IdentifyQuestion>, object])[] = [
    ['the secret of the account', {}, { ...a1, by: 'secret' }],
    ['the social security number', { secret: ssn }, { ...a1, by: 'ssn' }],
    ['the same in groups, as an agent types it', { secret: '123-45 6789' }, { ...a1, by: 'ssn' }],
    ['a wrong secret', { secret: '0000' }, wrong],
    ['no secret', { secret: undefined }, { match: 'account', reason: 'no-secret' }],
    ['an empty secret', { secret: '' }, wrong],
    ['nobody', { account: '98761235' }, { match: 'none', reason: 'no-such-account' }],
    ['below the first account', { account: '0' }, { match: 'none', reason: 'no-such-account' }],
    ['above the last account', { account: '99999999' }, { match: 'none', reason: 'no-such-account' }],
    ['the neighbour of an account', { account: '9876123' }, { match: 'none', reason: 'no-such-account' }],
    ['an account of another partner', { account: '77' }, { match: 'none', reason: 'no-such-account' }],
    ['the ssn of another customer', { account: '1000', secret: ssn }, { ...wrong, ...water }],
    ['an open alert', { account: '1000', secret: '1' }, { ...wrong, ...water }],
    [
      'an open alert, no secret',
      { account: '1000', secret: undefined },
      { ...water, match: 'account', reason: 'no-secret' },
    ],
    ['a person with an open alert', { account: '1000' }, { ...a2, ...water }],
    [
      'an alert without an offer: the first of the partner',
      { account: '2000' },
      {
        ...a2,
        serviceOfferCode: 'ACME-OUTAGE',
        serviceOfferUrl: 'https://scripts.example/outage',
        serviceOfferValue: 5,
      },
    ],
    ['a closed account', { account: '3000' }, { match: 'none', reason: 'account-closed' }],
    ['an account to be closed', { account: '5000' }, a2],
    ['an account without a secret', { account: '4000' }, wrong],
    ['SQL', { account: "' OR '1'='1", secret: "'; DROP TABLE proffer.accounts; --" }, { match: 'none' }],
    ['half a character', { account: '98761234\ud800', secret: '\udfff' }, wrong],
    ['NUL and no end', { account: '\0'.repeat(9) + account, secret: '\0'.repeat(1e6) }, wrong],
  ];
  for (const [what, question, answer] of cases) {
    if ('reason' in answer) t.strictSame(await ask(question), answer, what);
    else t.match(await ask(question), answer, what);
  }
  t.match(await ask({ partner: 'borealis', account: '77' }), { match: 'person', customerRef: 'B1' });
  await database.query(`UPDATE proffer.offers SET is_current = false WHERE kind = 'service'`);
  t.strictSame(await ask({ account: '1000', secret: '1' }), wrong, 'no service offer is made any more');
});

onEachDatabase('why there is no sales offer', async (t, stage) => {
  const { database } = stage;
  const ask = asking(stage);
  await fillCatalogue(database);
  await addPerson(database, alice);
  const set = async (assignments: string): Promise<void> => {
    await database.query(
      `UPDATE proffer.customers SET is_opted_out = false, is_affiliate_opted_out = false, is_hardship = false,
         is_fraud = false, is_complaint = false, sales_offer = 'ACME-PLATINUM'`,
    );
    await database.query(`UPDATE proffer.customers SET ${assignments}`);
  };
  for (const [assignments, reason] of [
    ['is_opted_out = true', 'opted-out'],
    ['is_hardship = true', 'hardship'],
    ['is_fraud = true', 'fraud'],
    ['is_complaint = true', 'complaint'],
    ['sales_offer = NULL', 'no-offer'],
    [`sales_offer = 'ACME-OLD'`, 'offer-not-current'],
    [`sales_offer = 'ACME-WATER'`, 'offer-not-current'],
    [`sales_offer = 'BOREALIS-SOLAR', is_affiliate_opted_out = true`, 'affiliate-opted-out'],
  ] as const) {
    await set(assignments);
    const answer = await ask();
    t.match(answer, { match: 'person', reason, customerRef: 'A1' }, assignments);
    t.notOk('offerCode' in answer || 'offerUrl' in answer, assignments);
  }
  await set(`sales_offer = 'BOREALIS-SOLAR'`);
  t.match(await ask(), { reason: 'offer', offerCode: 'BOREALIS-SOLAR' }, 'of an affiliate');
  await set('is_affiliate_opted_out = true');
  t.match(await ask(), { reason: 'offer', offerCode: 'ACME-PLATINUM' }, 'its own');
});

onEachDatabase('what was learned withholds the sales offer', async (t, stage) => {
  const { database } = stage;
  const ask = asking(stage);
  await fillCatalogue(database);
  await addPerson(database, alice);
  const now = Date.now();
  const day = 86_400_000;
  const learn = async (offers: readonly object[], expiresAt = now + day): Promise<void> => {
    await database.query(
      `INSERT INTO proffer.learned (partner, customer, revision, state, expires_at)
         VALUES ('acme', 'A1', 1, $1, to_timestamp($2::double precision / 1000))
         ON CONFLICT (partner, customer) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at`,
      [JSON.stringify({ offers }), expiresAt],
    );
  };
  const own = { offerCode: 'ACME-PLATINUM', at: now };
  const declined = { ...own, effect: 'withheld', reason: 'declined', until: now + day };
  const callback = { ...own, effect: 'boosted', reason: 'callback', from: now + day, until: now + 2 * day };
  for (const [what, offers, reason] of [
    ['declined', [declined], 'withheld'],
    ['declined long ago', [{ ...declined, until: now - day }], 'offer'],
    ['another was declined', [{ ...declined, offerCode: 'ACME-OLD' }], 'offer'],
    ['a callback to come', [callback], 'withheld'],
    ['a callback now', [{ ...callback, from: now - day }], 'offer'],
    ['nothing', [], 'offer'],
  ] as const) {
    await learn(offers);
    t.match(await ask(), { match: 'person', reason }, what);
  }
  await learn([declined], now - 1);
  t.match(await ask(), { reason: 'offer' }, 'what has expired');
});

onEachDatabase('a hash under a previous key gives way to the current one', async (t, stage) => {
  const { database } = stage;
  await fillCatalogue(database);
  const old = new IdentityKeys('the key before, long enough', []);
  await addPerson(database, alice, old);
  t.match(await asking(stage)(), { match: 'account', reason: 'wrong-secret' }, 'a key that nobody knows');
  const rotated = asking(stage, new Identify(new IdentityKeys(identityKey, ['the key before, long enough'])));
  t.match(await rotated({ secret: '0000' }), { match: 'account' });
  const keysNow = async () =>
    database.query(
      'SELECT secret_key, ssn_key FROM proffer.accounts JOIN proffer.customers USING (customer)',
    );
  t.same(
    await keysNow(),
    [{ secret_key: old.currentId, ssn_key: old.currentId }],
    'a wrong one changes none',
  );
  t.match(await rotated(), { match: 'person', by: 'secret' });
  t.same(await keysNow(), [{ secret_key: identityKeys.currentId, ssn_key: old.currentId }]);
  t.match(await rotated({ secret: ssn }), { match: 'person', by: 'ssn' });
  t.same(await keysNow(), [{ secret_key: identityKeys.currentId, ssn_key: identityKeys.currentId }]);
  t.match(await asking(stage)(), { match: 'person', by: 'secret' }, 'without the previous key');
  t.match(await asking(stage)({ secret: ssn }), { match: 'person', by: 'ssn' });
});

/** With the time of the question in place of the server's. */
async function askAt(stage: RecordsStage, by: Identify, now: number, question: Partial<IdentifyQuestion>) {
  const whole = { partner: 'acme', account, secret, by: { caller: bob }, ...question };
  const [row] = await stage.database.query<{ answer: IdentifyAnswer }>(
    'SELECT proffer.identify($1) AS answer',
    [JSON.stringify({ ...by.parameters(whole), now })],
  );
  return row?.answer;
}

onEachDatabase('tries are bounded by caller and by account, in windows', async (t, stage) => {
  await fillCatalogue(stage.database);
  await addPerson(stage.database, alice);
  const bounded = new Identify(identityKeys);
  const start = Date.parse('2026-11-26T08:00:00Z');
  const at = (minutes: number, question: Partial<IdentifyQuestion>) =>
    askAt(stage, bounded, start + minutes * 60_000, question);
  const caller = (n: number) => ({ caller: `+1555020${String(n).padStart(4, '0')}` });
  for (let i = 0; i < 4; i++)
    t.match(await at(0, { secret: '0', by: caller(i) }), { reason: 'wrong-secret' });
  t.match(await at(0, {}), { match: 'person' }, 'the fifth is right: wrong ones no longer count');
  for (let i = 0; i < 5; i++) t.match(await at(1, { secret: '0', by: caller(i) }), { match: 'account' });
  const blocked = { match: 'blocked', reason: 'account-tries' };
  t.strictSame(await at(6, { by: caller(9) }), { ...blocked, retryAfterSeconds: 600 }, 'even the right one');
  t.match(await at(6, { secret: undefined, by: caller(9) }), { match: 'account' }, 'no secret, no guess');
  t.match(await at(15.9, { by: caller(10) }), { ...blocked, retryAfterSeconds: 6 });
  t.match(await at(16, { by: caller(10) }), { match: 'person' }, 'after the window');

  const nobody = (n: number) => ({ account: String(5000 + n), by: { caller: '+15550300001' } });
  for (let i = 0; i < 10; i++) t.match(await at(20, nobody(i)), { match: 'none' });
  t.match(await at(21, nobody(10)), { match: 'blocked', reason: 'caller-tries', retryAfterSeconds: 840 });
  t.match(await at(21, { by: { caller: '+15550300001' } }), { match: 'blocked' }, 'a right one too');
  t.match(await at(21, { by: caller(11) }), { match: 'person' }, 'who is blocked blocks nobody else');
  for (let i = 0; i < 20; i++) t.match(await at(21, { by: { caller: '+15550300002' } }), { match: 'person' });
  for (let i = 0; i < 12; i++) {
    const answer = await at(22, { account: String(6000 + i), by: { caller: undefined } });
    t.match(answer, { match: 'none' }, 'callers without a number are no one caller');
  }
  const rows = await stage.database.query<{ key: string }>('SELECT key FROM proffer.identification_tries');
  t.ok(
    rows.every(({ key }) => /^[0-9a-f]{32}$/.test(key)),
    'neither numbers nor accounts',
  );
});

onEachDatabase('fifty tries at the same moment', async (t, stage) => {
  await fillCatalogue(stage.database);
  await addPerson(stage.database, alice);
  const bounded = asking(stage, new Identify(identityKeys));
  const count = async (questions: readonly Partial<IdentifyQuestion>[]) => {
    const answers = await Promise.all(questions.map((one) => bounded(one)));
    return answers.filter(({ match }) => match !== 'blocked').length;
  };
  const fifty = Array.from({ length: 50 }, (_, i) => i);
  const callers = fifty.map((i) => ({
    secret: `${i}`,
    by: { caller: `+15550400${String(i).padStart(3, '0')}` },
  }));
  t.equal(await count(callers), 5, 'at one account');
  const accounts = fifty.map((i) => ({ account: `${7000 + i}`, by: { caller: '+15550500001' } }));
  t.equal(await count(accounts), 10, 'by one caller');
  const both = fifty.map((i) => ({ account: `${8000 + (i % 7)}`, by: { caller: `+1555060000${i % 5}` } }));
  t.equal(await count(both), 35, 'seven accounts by five callers, five each, in any order');
});

onEachDatabase('an agent: counted for itself, audited, the account masked', async (t, stage) => {
  await fillCatalogue(stage.database);
  await addPerson(stage.database, alice);
  const bounded = asking(stage, new Identify(identityKeys, { ...defaultTryBounds, triesByAgent: 12 }));
  const by = { agent: 'jo' };
  t.match(await bounded({ secret: undefined, by }), { match: 'account', reason: 'no-secret' });
  t.match(await bounded({ by }), { match: 'person', customerRef: 'A1' });
  for (let i = 0; i < 10; i++) await bounded({ account: `${9000 + i}`, secret: undefined, by });
  t.match(await bounded({ by }), { match: 'blocked', reason: 'caller-tries' }, 'right ones count too');
  t.match(await bounded({ by: { agent: 'kim' } }), { match: 'person' });
  const audit = await stage.database.query(
    'SELECT actor, action, subject, detail FROM proffer.audit ORDER BY id',
  );
  t.equal(audit.length, 14);
  const line = { actor: 'jo', action: 'identify', subject: '******34' };
  t.strictSame(audit[0], { ...line, detail: { partner: 'acme', match: 'account', reason: 'no-secret' } });
  t.match(audit[12], { ...line, detail: { match: 'blocked' } });
  t.notMatch(JSON.stringify(audit), new RegExp(`${account}|${secret}|A1`));
});

t.test('secrets leave the process as hashes alone', (t: Test) => {
  const given = JSON.stringify(
    identify.parameters({ partner: 'acme', account, secret, by: { caller: bob } }),
  );
  t.notMatch(given, new RegExp(`"${secret}"|5550100002`));
  t.equal(new Identify(new IdentityKeys(undefined, [])).hasKey, false);
  t.end();
});

onEachDatabase(
  'an account closes at the day of its date in UTC, wherever the server is',
  async (t, stage) => {
    const { database } = stage;
    await fillCatalogue(database);
    await addPerson(database, { customer: 'A1', accounts: [{ account, secret, closedOn: '2026-11-26' }] });
    const parameters = identify.parameters({ partner: 'acme', account, secret, by: { caller: bob } });
    for (const zone of ['UTC', 'Etc/GMT+12', 'Pacific/Kiritimati']) {
      const answers = await database.transaction(async (session) => {
        await session.query("SELECT set_config('TimeZone', $1, true)", [zone]);
        const at = async (time: string): Promise<string | undefined> => {
          const p = JSON.stringify({ ...parameters, now: Date.parse(time) });
          const [row] = await session.query<{ answer: IdentifyAnswer }>(
            'SELECT proffer.identify($1) AS answer',
            [p],
          );
          return row?.answer.match;
        };
        return [await at('2026-11-25T23:00:00Z'), await at('2026-11-26T01:00:00Z')];
      });
      t.same(answers, ['person', 'none'], zone);
    }
  },
);
