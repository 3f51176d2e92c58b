// POST /v1/try-call over the shipped settings: the answer, its bounds, and what bad input gets.
import path from 'node:path';
import t from 'tap';
import { compileRoutingPlan } from '../../../src/calls/routing-plan.js';
import { tryCallOperations } from '../../../src/cli/try-call-operations.js';
import { loadSettings } from '../../../src/config/index.js';
import { tryCallApi } from '../../../src/console/index.js';
import type { StrategyLookup } from '../../../src/offers/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { serveAreas } from '../../support/console-client.js';
import { supervisor } from '../../support/console-stage.js';
import { repositoryRoot } from '../../support/repository-root.js';
import { noFlags } from '../../../src/strategy-store/codec/flags.js';

const loaded = loadSettings(path.join(repositoryRoot, 'config'), {
  redisUrl: undefined,
  databaseUrl: undefined,
} as Parameters<typeof loadSettings>[1]);
if (!loaded.ok) throw new Error('the shipped settings do not load');
const plan = compileRoutingPlan(loaded.settings);
const { destinations } = plan.decider;
for (const { centre } of destinations) plan.board.setCentreHealth(centre, true);

const question = { from: '+15550100001', to: '+18005550100' };
const strategy: StrategyLookup = {
  kind: 'hit',
  ageMs: 0,
  strategy: {
    partner: 'acme',
    customer: 'C1',
    generation: 7,
    arm: 'offer',
    flags: noFlags,
    offers: [{ offerCode: 'ACME-PLATINUM', propensity: 0.9, value: 180 }],
  },
};

function setUp() {
  const clock = new FakeClock();
  const asked: number[] = [];
  let answer: StrategyLookup | Promise<StrategyLookup> = strategy;
  const operations = tryCallOperations({
    router: {
      plan,
      settings: plan.settings,
      divertedShare: 0,
      lookAtBoard: () => plan.board.snapshot(clock.now(), clock.wallNow()),
    },
    store: {
      describe: () => 'a store of the test',
      reader: {
        preview: (_partner, _phone, wallNow) => {
          asked.push(wallNow);
          return answer;
        },
      },
    },
    environment: { dataDir: t.testdirName },
    clock,
  });
  return { clock, asked, operations, answers: (next: typeof answer) => (answer = next) };
}

t.test('the decision with its trace, its words and its steps', async (t) => {
  const { operations, asked } = setUp();
  const ask = await serveAreas(t, [tryCallApi(operations)]);
  const { status, body } = await ask(supervisor, 'POST', '/try-call', { ...question, board: 'all-up' });
  t.equal(status, 200, JSON.stringify(body));
  t.match(body, {
    partner: 'acme',
    trunk: 'loopback',
    identity: { phone: '+15550100001', confidence: 'claimed' },
    reason: 'offer',
    words: /customer C1 goes to .* with ACME-PLATINUM/,
    store: /^hit, .* a store of the test$/,
    board: /all centres up/,
    atTouches: [],
  });
  const { steps, record, chosen } = body as unknown as {
    steps: { destination: string; ctiData: object }[];
    record: { candidates: { destination: string }[] };
    chosen: number;
  };
  t.match(steps[0]?.ctiData, { decisionId: 'dry-run', offerCode: 'ACME-PLATINUM', offerUrl: /^https?:/ });
  t.equal(record.candidates[chosen]?.destination, steps[0]?.destination);

  const at = '2026-12-24T18:00:00+01:00';
  const later = await ask(supervisor, 'POST', '/try-call', { ...question, at });
  t.match(later.body, { at: '2026-12-24T17:00:00.000Z', board: /^live/ });
  t.equal((later.body['atTouches'] as string[]).length, 3, 'says what the time touches');
  t.equal(asked.at(-1), Date.parse(at), 'what was learned counts as of then');
});

t.test('a chosen board takes away what it names', async (t) => {
  const { operations } = setUp();
  const ask = await serveAreas(t, [tryCallApi(operations)]);
  const centres = Object.fromEntries(destinations.map((one) => [one.centre, false]));
  const { body } = await ask(supervisor, 'POST', '/try-call', { ...question, board: { centres } });
  t.match(body, { reason: 'resources', board: /as chosen/ });
});

t.test('what is wrong is told with its field', async (t) => {
  const { operations, asked } = setUp();
  const ask = await serveAreas(t, [tryCallApi(operations)]);
  const rows: [object | string, number, RegExp][] = [
    [{ from: '+1555' }, 400, /must have required property 'to'/],
    [{ ...question, form: 1 }, 400, /must NOT have additional properties/],
    [{ ...question, seed: 1 }, 400, /^seed: must be < 1/],
    [{ ...question, board: 'dead' }, 400, /^board: must be "live"/],
    [{ ...question, board: { centres: { east: 'down' } } }, 400, /^board: must be/],
    [{ ...question, at: 'tomorrow' }, 400, /^at: must be a time with its zone/],
    [{ ...question, from: 'a\0' }, 400, /^from: .*NUL/],
    ['{', 400, /./],
    [{ ...question, to: '+15559999' }, 422, /^to: \+15559999 reaches no partner/],
    [{ ...question, trunk: 'none' }, 422, /^trunk: there is no none; there are loopback/],
    [{ ...question, board: { centres: { north: true } } }, 422, /^board\.centres\.north: no such centre/],
    [
      { ...question, board: { destinations: { 'east/x': {} } } },
      422,
      /^board\.destinations\.east\/x: no such/,
    ],
  ];
  for (const [body, status, message] of rows) {
    const answer = await ask(supervisor, 'POST', '/try-call', body);
    t.match(answer, { status, body: { message } }, JSON.stringify(answer.body));
  }
  t.strictSame(asked, [], 'nothing was looked up');
});

t.test('people see calls of their partners alone, agents none', async (t) => {
  const { operations } = setUp();
  const ask = await serveAreas(t, [tryCallApi(operations)]);
  const other = { ...supervisor, partners: ['borealis'] };
  t.match(await ask(other, 'POST', '/try-call', question), { status: 403, body: { code: 'other-partner' } });
  t.match(await ask({ ...supervisor, role: 'agent' }, 'POST', '/try-call', question), { status: 403 });
  t.match(await ask(undefined, 'POST', '/try-call', question), { status: 401 });
  const { body } = await ask(other, 'GET', '/try-call/choices');
  t.match(body, { partners: [{ partner: 'borealis' }], trunks: [{ trunk: 'loopback' }] });
});

t.test('no more than four at once, and none for longer than its deadline', async (t) => {
  const { clock, operations, answers } = setUp();
  answers(new Promise<StrategyLookup>(() => undefined));
  const call = { ...question, at: undefined, board: 'live' as const };
  const four = [1, 2, 3, 4].map(() => operations.tryCall(call, () => true));
  t.strictSame(await operations.tryCall(call, () => true), { kind: 'busy' });
  clock.advance(3000);
  for (const one of await Promise.all(four)) t.match(one, { kind: 'too-slow' });
  answers(strategy);
  t.match(await operations.tryCall(call, () => true), { kind: 'decided' });
});
