// The digits matcher of the records: whose strategy a person gets, what an alert makes of it, and what a database that fails costs.
import t from 'tap';
import type { Test } from 'tap';
import {
  answerQuantumMs,
  RecordsDigitsMatcher,
} from '../../../src/records/identification/records-digits-matcher.js';
import { Identify } from '../../../src/records/identification/identify.js';
import { AgentIdentification } from '../../../src/records/identification/agent-identification.js';
import type { IdentifyAnswer } from '../../../src/records/identification/identify.js';
import type { Sql } from '../../../src/records/database/sql.js';
import { RecordsUnavailableError } from '../../../src/records/errors.js';
import { IdentityKeys } from '../../../src/records/secrets.js';
import { silentLogger, systemClock } from '../../../src/kernel/index.js';
import type { DigitsMatch, Strategy, StrategyLookup } from '../../../src/offers/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { onEachDatabase } from '../../support/records-stage.js';
import { addPerson, fillCatalogue, identityKeys } from '../../support/records-people.js';

const noFlags = { optOut: false, hardship: false, fraud: false, complaint: false, affiliateOptOut: false };
const strategy: Strategy = {
  partner: 'acme',
  customer: 'A1',
  generation: 7,
  flags: { ...noFlags, serviceAlert: false },
  offers: [
    { offerCode: 'ACME-PLATINUM', propensity: 0.3, value: 180 },
    { offerCode: 'ACME-OUTAGE', propensity: 0.5, value: 5 },
  ],
};
const hit: StrategyLookup = { kind: 'hit', strategy, ageMs: 3 };
const phones = ['+15550100001', '+15550100002'];
const person: IdentifyAnswer = {
  match: 'person',
  reason: 'offer',
  by: 'secret',
  customerRef: 'A1',
  phones,
  flags: noFlags,
  offerCode: 'ACME-PLATINUM',
  offerUrl: 'https://x.example/p',
};
const outage = {
  serviceOfferCode: 'ACME-OUTAGE',
  serviceOfferUrl: 'https://x.example/o',
  serviceOfferValue: 9,
};
const outagePairs = { serviceOfferCode: 'ACME-OUTAGE', serviceOfferUrl: 'https://x.example/o' };
const outageOffer = { offerCode: 'ACME-OUTAGE', propensity: 1, value: 9 };

class Stage {
  readonly clock = new FakeClock();
  readonly asked: string[] = [];
  readonly answered: string[] = [];
  answer: () => Promise<IdentifyAnswer> = () => Promise.resolve(person);
  stored: DigitsMatch = { kind: 'no-match' };
  lookups: Record<string, StrategyLookup> = { [phones[1]!]: hit };
  database: Sql | undefined = {
    query: async <Row extends object>() => {
      this.asked.push('records');
      return [{ answer: await this.answer() }] as unknown as readonly Row[];
    },
  };

  matcher(keys = identityKeys): RecordsDigitsMatcher {
    return new RecordsDigitsMatcher({
      identify: new Identify(keys),
      database: () => this.database,
      reader: { lookup: (_partner, phone) => this.lookups[phone] ?? { kind: 'miss' } },
      store: {
        match: () => {
          this.asked.push('store');
          return Promise.resolve(this.stored);
        },
      },
      deadlineMs: 1500,
      clock: this.clock,
      log: silentLogger,
      onIdentified: (asker, { match, reason }) => this.answered.push(`${asker} ${match} ${reason}`),
    });
  }

  /** Asks and lets the time pass that it takes. */
  async match(matcher = this.matcher(), ms = answerQuantumMs): Promise<DigitsMatch> {
    const match = matcher.match('acme', '98761234', '471147', '+15550100009');
    await turn();
    this.clock.advance(ms);
    await turn();
    this.clock.advance(answerQuantumMs);
    return match;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

t.test('a person gets the strategy of their phone numbers, and the pairs', async (t) => {
  const stage = new Stage();
  const pairs = { customerRef: 'A1', offerCode: 'ACME-PLATINUM', offerUrl: 'https://x.example/p' };
  t.strictSame(await stage.match(), { kind: 'person', lookup: hit, pairs });
  t.strictSame(stage.answered, ['caller person offer']);
  const stale: StrategyLookup = { kind: 'stale', lookup: hit, ageMs: 3, reason: 'down' };
  stage.lookups = { [phones[0]!]: { kind: 'miss' }, [phones[1]!]: stale };
  t.strictSame(await stage.match(), { kind: 'person', lookup: stale, pairs });
  const other: StrategyLookup = { kind: 'hit', strategy: { ...strategy, customer: 'A2' }, ageMs: 0 };
  const shared: StrategyLookup = { kind: 'ambiguous', customers: ['A1', 'A2'], generation: 7, ageMs: 0 };
  stage.lookups = { [phones[0]!]: other, [phones[1]!]: shared };
  t.strictSame(await stage.match(), { kind: 'person', lookup: { kind: 'miss' }, pairs }, 'of nobody else');
  const failure: StrategyLookup = { kind: 'failure', reason: 'down' };
  stage.lookups = { [phones[0]!]: failure };
  t.strictSame(await stage.match(), { kind: 'person', lookup: failure, pairs }, 'a miss is no failure');
});

t.test('an open alert goes ahead of what was ranked, and flags of either count', async (t) => {
  const stage = new Stage();
  const flags = { ...noFlags, complaint: true };
  stage.answer = () => Promise.resolve({ ...person, ...outage, flags });
  t.match(await stage.match(), {
    pairs: { customerRef: 'A1', ...outagePairs },
    lookup: {
      kind: 'hit',
      strategy: {
        ...strategy,
        flags: { ...flags, serviceAlert: true },
        offers: [outageOffer, strategy.offers[0]],
      },
    },
  });
  stage.lookups = {};
  t.match(
    await stage.match(),
    { lookup: { kind: 'hit', strategy: { customer: 'A1', flags, offers: [outageOffer] } } },
    'without a strategy too',
  );
});

t.test('the account alone: its alert, and nothing of the person', async (t) => {
  const stage = new Stage();
  stage.answer = () => Promise.resolve({ match: 'account', reason: 'wrong-secret' });
  t.strictSame(await stage.match(), { kind: 'account', lookup: { kind: 'miss' }, pairs: {} });
  stage.answer = () => Promise.resolve({ match: 'account', reason: 'wrong-secret', ...outage });
  t.strictSame(await stage.match(), {
    kind: 'account',
    lookup: {
      kind: 'hit',
      strategy: {
        partner: 'acme',
        customer: '',
        generation: 0,
        flags: { ...noFlags, serviceAlert: true },
        offers: [outageOffer],
      },
      ageMs: 0,
    },
    pairs: outagePairs,
  });
});

t.test('nobody, and too many tries', async (t) => {
  const stage = new Stage();
  stage.stored = { kind: 'person', lookup: hit };
  stage.answer = () => Promise.resolve({ match: 'none', reason: 'no-such-account' });
  t.strictSame(
    await stage.match(),
    { kind: 'no-match' },
    'the records know the partner: the store is not asked',
  );
  stage.answer = () => Promise.resolve({ match: 'blocked', reason: 'caller-tries', retryAfterSeconds: 9 });
  t.strictSame(await stage.match(), { kind: 'blocked', reason: 'too-many-tries' });
  t.strictSame(stage.asked, ['records', 'records']);
});

t.test('the store is asked where the records know no account, or fail', async (t) => {
  const stored: DigitsMatch = { kind: 'person', lookup: hit };
  const broken = () => Promise.reject(new RecordsUnavailableError('connection refused'));
  const empty = () => Promise.resolve({ match: 'none', reason: 'no-accounts' } as const);
  for (const [what, edit, own] of [
    ['no account of the partner', (one: Stage) => (one.answer = empty), { kind: 'no-match' }],
    ['down', (one: Stage) => (one.answer = broken), { kind: 'failure' }],
    ['silent', (one: Stage) => (one.answer = () => new Promise(() => undefined)), { kind: 'failure' }],
    ['none yet', (one: Stage) => (one.database = undefined), { kind: 'failure' }],
  ] as const) {
    const stage = new Stage();
    edit(stage);
    t.match(await stage.match(stage.matcher(), 1500), own, what);
    stage.stored = stored;
    t.strictSame(await stage.match(stage.matcher(), 1500), stored, what);
    t.equal(stage.clock.running.length, 0, what);
  }
  const keyless = new Stage();
  t.match(await keyless.match(keyless.matcher(new IdentityKeys(undefined, []))), { kind: 'failure' });
  t.strictSame(keyless.asked, ['store']);
  t.strictSame(keyless.answered, ['caller failure failure']);
});

t.test('a database that fails again and again is left alone for a while', async (t) => {
  const stage = new Stage();
  stage.answer = () => Promise.reject(new RecordsUnavailableError('connection refused'));
  const matcher = stage.matcher();
  for (let i = 0; i < 5; i++) await stage.match(matcher);
  stage.asked.length = 0;
  await stage.match(matcher);
  t.strictSame(stage.asked, ['store']);
  stage.answer = () => Promise.resolve(person);
  stage.clock.advance(200);
  t.match(await stage.match(matcher), { kind: 'person' }, 'it is back');
});

t.test('an answer goes out at a multiple of the quantum, whatever it is', async (t) => {
  for (const [tookMs, atMs] of [
    [0, 50],
    [1, 50],
    [49, 50],
    [51, 100],
  ] as const) {
    for (const answer of [person, { match: 'none', reason: 'no-such-account' }] as IdentifyAnswer[]) {
      const stage = new Stage();
      let settle: (answer: IdentifyAnswer) => void = () => undefined;
      stage.answer = () => new Promise((resolve) => (settle = resolve));
      let isOut = false;
      void stage
        .matcher()
        .match('acme', '1', '2')
        .then(() => (isOut = true));
      await turn();
      stage.clock.advance(tookMs);
      settle(answer);
      await turn();
      stage.clock.advance(atMs - tookMs - 1);
      await turn();
      t.equal(isOut, false, `${tookMs} ms`);
      stage.clock.advance(1);
      await turn();
      t.equal(isOut, true, `${tookMs} ms`);
    }
  }
});

onEachDatabase('the matcher and the agent on a database', async (t: Test, { database }) => {
  await fillCatalogue(database);
  await addPerson(database, {
    customer: 'A1',
    phones,
    salesOffer: 'ACME-PLATINUM',
    accounts: [{ account: '98761234', secret: '471147', alert: 'ACME-WATER' }],
  });
  const identify = new Identify(identityKeys);
  const matcher = new RecordsDigitsMatcher({
    identify,
    database: () => database,
    reader: { lookup: (_partner, phone) => (phone === phones[1] ? hit : { kind: 'miss' }) },
    store: { match: () => Promise.resolve({ kind: 'no-match' }) },
    deadlineMs: 10_000,
    clock: systemClock,
    log: silentLogger,
  });
  const known = await matcher.match('acme', '98761234', '471147', '+15550100009');
  t.match(known, { kind: 'person', pairs: { customerRef: 'A1', serviceOfferCode: 'ACME-WATER' } });
  t.match(known, { lookup: { strategy: { customer: 'A1', generation: 7, flags: { serviceAlert: true } } } });
  t.match(await matcher.match('acme', '98761234', '0000'), {
    kind: 'account',
    pairs: { serviceOfferCode: 'ACME-WATER' },
  });
  t.match(await matcher.match('acme', '98761235', '471147'), { kind: 'no-match' });
  const parts = { clock: systemClock, log: silentLogger };
  const agents = new AgentIdentification({ identify, database: () => database, ...parts });
  const ask = (account: string, secret?: string) =>
    agents.identify({ partner: 'acme', account, secret, agent: 'jo' });
  t.strictSame(await ask('98761234'), {
    kind: 'identified',
    match: 'account',
    reason: 'no-secret',
    pairs: { serviceOfferCode: 'ACME-WATER', serviceOfferUrl: 'https://scripts.example/water' },
  });
  t.match(await ask('98761234', '471147'), { match: 'person', pairs: { customerRef: 'A1' } });
  t.strictSame(await ask('1'), { kind: 'unknown-account' });
  const without = new AgentIdentification({ identify, database: () => undefined, ...parts });
  t.match(await without.identify({ partner: 'acme', account: '1', agent: 'jo' }), { kind: 'unavailable' });
});
