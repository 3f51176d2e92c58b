// Generations as the API has them: a real store, and the real processes that compare and publish.
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { GenerationJobRunner } from '../../src/cli/generation-jobs.js';
import type { GenerationJobEnd } from '../../src/cli/generation-job.js';
import { generationsOperations } from '../../src/cli/generations-operations.js';
import { confirmationOf, generationsApi } from '../../src/console/generations/generations-api.js';
import type { ProcessSettings } from '../../src/config/index.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { openStrategyStore } from '../../src/strategy-store/index.js';
import type { StrategyRow, StrategyStore } from '../../src/strategy-store/index.js';
import { noFlags } from '../../src/strategy-store/codec/flags.js';
import { serveAreas } from '../support/console-client.js';
import { supervisor } from '../support/console-stage.js';

const admin = { ...supervisor, role: 'admin' } as const;
const settings = {
  kind: 'lmdb',
  cacheEntries: 100,
  cacheMaxAgeMs: 5000,
  staleMaxAgeMs: 60_000,
  learnedEntries: 0,
} as unknown as ProcessSettings['strategyStore'];

/** Customers by name, each with the offers they are ranked for. */
async function publish(store: StrategyStore, ranked: Readonly<Record<string, readonly string[]>>) {
  const rows = Object.entries(ranked).map(([customer, offers]): StrategyRow => ({
    partner: 'acme',
    customer,
    phones: [`+1555020${1000 + customer.charCodeAt(0)}`, `+1555030${1000 + customer.charCodeAt(0)}`],
    flags: noFlags,
    offers: offers.map((offerCode) => ({ offerCode, propensity: 0.5, value: 10 })),
  }));
  const { generation } = await store.writer.publish('acme', rows, undefined, { keepRetired: 3 });
  return generation.generation;
}

t.test('list, compare, roll back', async (t) => {
  const dataDir = t.testdir({});
  const store = await openStrategyStore(
    settings,
    { dataDir, redisUrl: undefined },
    { clock: systemClock, log: silentLogger, storeDeadlineMs: 2000, checkIntervalMs: 50 },
  );
  t.teardown(() => store.close());
  const first = await publish(store, { a: ['GOLD', 'TV'], b: ['GOLD'], c: ['TV'], d: [] });
  const second = await publish(store, { a: ['TV', 'GOLD'], b: ['GOLD'], c: ['NEW'], e: ['NEW'] });
  const audited: unknown[][] = [];
  let isAuditDown = false;
  const operations = generationsOperations({
    store,
    jobs: new GenerationJobRunner(systemClock),
    // Processes take their time to start on a machine that is busy.
    answerWithinMs: 100_000,
    settings: { process: { strategyStore: settings } as ProcessSettings },
    environment: { dataDir, redisUrl: undefined },
    audit: {
      write: (...line) => {
        audited.push(line);
        return isAuditDown ? Promise.reject(new Error('down')) : Promise.resolve();
      },
    },
    clock: systemClock,
    log: silentLogger,
  });
  const ask = await serveAreas(t, [generationsApi(operations)]);
  const states = async () => {
    const { body } = await ask(supervisor, 'GET', '/generations');
    return (body['generations'] as { generation: number; state: string }[]).map(
      (one) => `${one.generation} ${one.state}`,
    );
  };
  t.strictSame(await states(), [`${second} current`, `${first} retired`]);

  await t.test('what changed', async (t) => {
    const { status, body } = await ask(
      supervisor,
      'GET',
      `/generations/compare?partner=acme&a=${first}&b=${second}`,
    );
    t.equal(status, 200, JSON.stringify(body));
    t.match(body, {
      share: 1,
      customers: 3,
      customersGone: 1,
      customersNew: 1,
      firstSame: 1,
      firstChanged: 2,
      rankingChanged: 2,
      unreadable: 0,
    });
    const offers = body['offers'] as { offer: string }[];
    t.match(
      offers.find((one) => one.offer === 'NEW'),
      { a: 0, b: 2, gained: 1, lost: 0, firstInA: 0, firstInB: 2 },
    );
    t.match(
      offers.find((one) => one.offer === 'TV'),
      { a: 2, b: 1, gained: 0, lost: 1, firstInA: 1, firstInB: 1 },
    );
    t.match(body['moves'], [
      { from: 'GOLD', to: 'TV', customers: 1 },
      { from: 'TV', to: 'NEW', customers: 1 },
    ]);
  });

  await t.test('a part of the numbers is the same part of both', async (t) => {
    const { a, b } = { a: first, b: second };
    const whole = await store.search.compare('acme', { a, b }, { maxNumbers: 7 });
    t.ok(whole.share < 1 && whole.share > 0.8, String(whole.share));
    t.ok(whole.customers + whole.customersGone <= 4);
  });

  await t.test('publishing wants the words, an admin, and a retired generation', async (t) => {
    const path = `/generations/acme/${first}/publish`;
    const confirmation = confirmationOf('acme', first);
    const rows: [Parameters<typeof ask>, number, object][] = [
      [[supervisor, 'POST', path, { confirmation }], 403, { code: 'forbidden' }],
      [[admin, 'POST', path, {}], 400, { message: /required property 'confirmation'/ }],
      [
        [admin, 'POST', path, { confirmation: 'yes' }],
        422,
        { message: `confirmation: must be "acme ${first}", the partner and the number of the generation` },
      ],
      [
        [admin, 'POST', '/generations/acme/99/publish', { confirmation: 'acme 99' }],
        404,
        { message: /has no generation 99; there are/ },
      ],
      [
        [admin, 'POST', `/generations/acme/${second}/publish`, { confirmation: `acme ${second}` }],
        409,
        { message: /is current already/ },
      ],
      [
        [admin, 'POST', '/generations/acme/x/publish', { confirmation: 'acme x' }],
        400,
        { message: 'generation: must be the number of a generation' },
      ],
      [
        [admin, 'POST', '/generations/..%2f..%2fetc/1/publish', { confirmation: '' }],
        400,
        { message: /^partner: must match/ },
      ],
      [
        [{ ...admin, partners: ['borealis'] }, 'POST', path, { confirmation }],
        403,
        { code: 'other-partner' },
      ],
      [
        [supervisor, 'GET', '/generations/compare?partner=acme&a=1'],
        400,
        { message: /required property 'b'/ },
      ],
      [
        [supervisor, 'GET', `/generations/compare?partner=acme&a=${first}&b=77`],
        404,
        { code: 'unknown-generation' },
      ],
      [[supervisor, 'GET', '/generations?partner=a/b'], 400, { message: /^partner: must match/ }],
    ];
    for (const [question, status, body] of rows)
      t.match(await ask(...question), { status, body }, question.slice(1, 3).join(' '));
    t.strictSame(audited, []);
    t.strictSame(await states(), [`${second} current`, `${first} retired`]);
  });

  await t.test(
    'rolled back, seen by look-ups, audited; and forward though no audit can be written',
    async (t) => {
      const answer = await ask(admin, 'POST', `/generations/acme/${first}/publish`, {
        confirmation: confirmationOf('acme', first),
      });
      t.match(answer, {
        status: 200,
        body: { state: 'published', isSeen: true, replaced: second, by: 'sam', message: null },
      });
      t.strictSame(audited, [['sam', 'generation-published', `acme/${first}`, { replaced: second }]]);
      t.strictSame(await states(), [`${second} retired`, `${first} current`]);
      isAuditDown = true;
      t.match(await operations.publish('acme', second, 'sam'), { kind: 'published' });
    },
  );

  await t.test('what the store refuses is told in words', async (t) => {
    const publication = await store.writer.begin('acme');
    const answer = await ask(admin, 'POST', `/generations/acme/${first}/publish`, {
      confirmation: confirmationOf('acme', first),
    });
    const published = async () =>
      (await ask(supervisor, 'GET', '/generations?partner=acme')).body['publication'];
    // Where the process takes more than ten seconds to start, it is answered 202 before.
    while (((await published()) as { state: string }).state === 'running') await setTimeout(50);
    await publication.abort();
    if (answer.status !== 202)
      t.match(answer, {
        status: 409,
        body: { code: 'refused', message: /another load of acme is under way/ },
      });
    t.match(await published(), { state: 'refused', message: /under way/ });
  });
});

t.test('one thing at a time; a process that takes too long is ended', async (t) => {
  const dataDir = t.testdir({});
  const jobs = new GenerationJobRunner(systemClock);
  const task = { kind: 'compare', partner: 'acme', a: 1, b: 2 } as const;
  const job = { store: settings, environment: { dataDir, redisUrl: undefined }, task };
  const slow: Promise<GenerationJobEnd> = jobs.run(job, 1);
  t.ok(jobs.isBusy);
  t.match(await slow, { kind: 'failed', message: /took longer/ });
  t.notOk(jobs.isBusy);
  t.match(await jobs.run(job, 20_000), { kind: 'failed', code: 'STRATEGY_GENERATION_STATE' });
});
