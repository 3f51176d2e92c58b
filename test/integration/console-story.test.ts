// A day at the console, in browsers, against the real process with SIPp calls: the first admin makes two agents, a call lights an
// icon, what is recorded changes where the next call goes, a call is sent on, an admin edits a queue while calls flow, the supervisor
// looks into a call, the network goes and comes back.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Browser, Page } from 'playwright-core';
import type { Test } from 'tap';
import { hasNoSeriousFault } from '../support/accessibility.js';
import { chromiumMissing, openBrowser } from '../support/browser.js';
import { waitUntil } from '../support/child-process.js';
import { takePicture } from '../support/console-pictures.js';
import { dialled, LiveStage, platinumCaller, unknownCaller } from '../support/live-stage.js';
import { repositoryRoot } from '../support/repository-root.js';
import { trunkAddress } from '../support/router-settings.js';
import { importRows, recordsReady } from '../support/next-call.js';
import { sippMissing, startCalls } from '../support/sipp.js';
import { addAgent, arrive } from '../support/story-person.js';
import type { SettingsDraft } from '../support/router-settings.js';
import type { SippCalls } from '../support/sipp.js';

t.setTimeout(300_000);

const staffOf = (queue: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { queues: [queue], wrapUpSeconds: 0 }]));

/** Whom the best offer is for, by the demonstration data. */
const customer = { id: 'A00101000', name: 'Maria Lopez', phone: platinumCaller };
const platinum = 'Platinum card, first year free';
const saver = 'Saver account at the welcome rate';

/** One offer at each centre, so that which is made tells where the call goes. */
function oneOfferACentre(draft: SettingsDraft): void {
  const at: Readonly<Record<string, string>> = {
    'ACME-PLATINUM': 'east/acme-sales',
    'ACME-SAVER': 'west/acme-sales',
  };
  for (const offer of draft.offers.offers ?? []) {
    const destination = at[offer.offer ?? ''];
    if (destination === undefined) continue;
    offer.presentations = [{ presentation: 'agent', kind: 'agent', destinations: [destination] }];
  }
}

const comment = '# Painters are in the hall until Friday.';

async function openStory(t: Test): Promise<LiveStage> {
  const stage = await LiveStage.open(t, {
    staff: {
      east: {
        ann: { queues: ['acme-sales'], status: 'Logged Out' },
        ...staffOf('service', ['eve', 'emil', 'elsa', 'egon']),
      },
      west: {
        bob: { queues: ['acme-sales'], status: 'Logged Out' },
        ...staffOf('service', ['wanda', 'walt', 'wilma', 'wes', 'willa', 'wolf', 'wim', 'wendy']),
        ...staffOf('borealis-sales', ['nora', 'nils']),
      },
    },
    records: true,
    edit: oneOfferACentre,
  });
  const { settings } = stage.router;
  cpSync(join(repositoryRoot, 'config', 'offer-pages'), join(settings.path, 'offer-pages'), {
    recursive: true,
  });
  settings.write('centres', settings.read('centres').replace(/^( +)- queue: service$/m, `$1${comment}\n$&`));
  await recordsReady(stage.router);
  return stage;
}

/** The customer calls with SIPp, until the agent hangs up. */
class CustomerCall {
  readonly #stage: LiveStage;
  readonly #calls: SippCalls;

  constructor(t: Test, stage: LiveStage) {
    this.#stage = stage;
    this.#calls = startCalls({
      scenario: 'uac-callee-bye',
      remote: stage.router.sip,
      localAddress: trunkAddress.proxy,
      caller: customer.phone,
      called: dialled.acme,
      timeoutSeconds: 60,
    });
    t.teardown(() => this.#calls.stop());
  }

  async hangUp(t: Test): Promise<void> {
    for (const name of ['east', 'west'] as const) {
      const { table } = this.#stage.centre(name).switch.switchboard;
      for (const channel of table) if (!channel.isHungUp) channel.hangup('NORMAL_CLEARING');
    }
    const { statistics, errors } = await this.#calls.ended;
    t.equal(statistics.successful, 1, errors);
  }
}

/** Calls of others: some a second until they are finished, none of which may fail. */
class Flow {
  readonly #flows: readonly SippCalls[];

  constructor(t: Test, stage: LiveStage) {
    const directory = mkdtempSync(join(tmpdir(), 'proffer-callers-'));
    t.teardown(() => rmSync(directory, { recursive: true, force: true }));
    const flow = (called: string, rate: number, callers: readonly string[]) => {
      const file = join(directory, `${called}.csv`);
      writeFileSync(file, `SEQUENTIAL\n${callers.join('\n')}\n`);
      return startCalls({
        scenario: 'load-call',
        remote: stage.router.sip,
        localAddress: trunkAddress.proxy,
        called,
        calls: 1000,
        rate,
        pauseMs: 1000,
        traceMessages: false,
        timeoutSeconds: 60,
        args: ['-inf', file],
      });
    };
    const service = '+15550100003';
    this.#flows = [
      flow(dialled.acme, 4, [unknownCaller, service, '+15550100005', '+15550100006', '+15550100007']),
      flow(dialled.borealis, 1, ['+15550100001', unknownCaller]),
    ];
    t.teardown(() => this.#flows.forEach((one) => one.stop()));
  }

  async finish(t: Test): Promise<void> {
    for (const one of this.#flows) one.finish();
    for (const { ended } of this.#flows) {
      const { statistics, errors } = await ended;
      t.same(statistics.failures, {}, errors);
      t.equal(statistics.failed, 0);
      t.ok(statistics.successful > 0, `${statistics.successful} calls`);
    }
  }
}

const icon = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name}`) });

async function becomeAvailable(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Available' }).click();
  await page.getByRole('button', { name: 'Available', pressed: true }).waitFor();
}

interface Cast {
  readonly stage: LiveStage;
  readonly admin: Page;
  readonly ann: Page;
  readonly bob: Page;
}

/** The first admin, by the password that the router printed, makes two agents; each takes a password of their own. */
async function assemble(t: Test, stage: LiveStage, browser: Browser): Promise<Cast> {
  const { router } = stage;
  const printed = () => /first admin[^]*name +(\S+)\n +password +(\S+)/.exec(router.child.stdout);
  await waitUntil('the first admin is printed', () => printed() !== null);
  const [, agent = '', oneTime = ''] = printed() ?? [];
  const admin = await arrive(t, browser, router.http, { agent, oneTime });
  await admin.getByRole('link', { name: 'People' }).click();
  const annAlone = await addAgent(admin, { agent: 'ann', name: 'Ann Archer', centreAgent: 'east/ann' });
  const bobAlone = await addAgent(admin, { agent: 'bob', name: 'Bob Baker', centreAgent: 'west/bob' });
  await hasNoSeriousFault(t, admin, 'people');
  const [ann, bob] = await Promise.all([
    arrive(t, browser, router.http, { agent: 'ann', oneTime: annAlone }),
    arrive(t, browser, router.http, { agent: 'bob', oneTime: bobAlone, options: { colorScheme: 'dark' } }),
  ]);
  await Promise.all([becomeAvailable(ann), becomeAvailable(bob)]);
  await stage.untilFree('east', 'acme-sales', 1);
  await stage.untilFree('west', 'acme-sales', 1);
  return { stage, admin, ann, bob };
}

async function firstCall(t: Test, { stage, ann }: Cast): Promise<void> {
  const call = new CustomerCall(t, stage);
  await ann.getByRole('heading', { name: 'Talking', exact: true }).waitFor();
  await ann.getByText('No service alert').waitFor();
  t.equal(await icon(ann, 'Sales offer').getAttribute('aria-disabled'), 'false', 'lit');
  t.equal(await icon(ann, 'Service offer').getAttribute('aria-disabled'), 'true', 'not lit');
  await ann.keyboard.press('s');
  await ann.getByText(`Good day ${customer.name}, this is Ann Archer of Acme Bank.`).waitFor();
  await hasNoSeriousFault(t, ann, 'desk');
  await takePicture(ann, 'desk');

  await ann.getByRole('button', { name: 'Language' }).click();
  await ann.getByRole('menuitemradio', { name: 'Español' }).click();
  await ann.getByText(customer.name).waitFor();
  await ann.getByRole('heading', { name: 'En conversación' }).waitFor();
  await ann.getByRole('menu').waitFor({ state: 'hidden' });
  await hasNoSeriousFault(t, ann, 'desk in Spanish');
  await takePicture(ann, 'desk-spanish');
  await ann.getByRole('button', { name: 'Idioma' }).click();
  await ann.getByRole('menuitemradio', { name: 'English' }).click();
  await ann.getByRole('menu').waitFor({ state: 'hidden' });
  await ann.keyboard.press('s');
  await ann
    .locator(':focus')
    .and(ann.getByRole('heading', { name: platinum }))
    .waitFor();

  await ann.keyboard.press('2');
  await ann.getByText(`${platinum}: Declined`).waitFor();
  await ann.getByText(/^Stored at .*, revision 1$/).waitFor();
  await ann
    .getByRole('region', { name: 'Your numbers today' })
    .getByText(/Declined\s*1/)
    .waitFor();
  await takePicture(ann, 'desk-stored');
  await call.hangUp(t);
  await ann.getByText('No call', { exact: true }).waitFor();
}

/** The customer calls again: another offer, which another agent has. That one sends the call on. */
async function secondCall(t: Test, { stage, ann, bob }: Cast): Promise<void> {
  const call = new CustomerCall(t, stage);
  await bob.getByRole('heading', { name: 'Talking', exact: true }).waitFor();
  await icon(bob, 'Sales offer').filter({ hasText: saver }).waitFor();
  await bob.keyboard.press('s');
  await bob.getByText('With the saver account it earns').waitFor();
  await hasNoSeriousFault(t, bob, 'dark desk');
  await takePicture(bob, 'desk-dark');

  await bob.getByLabel('To', { exact: true }).selectOption('east/acme-sales');
  await bob.getByRole('button', { name: 'Send …' }).click();
  await bob.getByRole('button', { name: 'Send it' }).click();
  await ann.getByRole('heading', { name: 'Talking', exact: true }).waitFor();
  await ann.getByRole('heading', { name: 'Presented before' }).waitFor();
  await ann.getByRole('listitem').filter({ hasText: saver }).first().waitFor();
  await bob.getByRole('heading', { name: 'Call over' }).waitFor();
  await hasNoSeriousFault(t, ann, 'after a transfer');
  await takePicture(ann, 'desk-transfer');
  await call.hangUp(t);
}

/** Where calls went that were decided since then. */
function attemptsDecidedSince({ router }: LiveStage, iso: string): unknown[] {
  const records = router.records();
  const decided = records.filter(({ type, at }) => type === 'decision' && String(at) >= iso);
  const ids = new Set(decided.map(({ decisionId }) => decisionId));
  return records
    .filter(({ type, decisionId }) => type === 'attempt' && ids.has(decisionId))
    .map(({ destination }) => destination);
}

/** Calls flow; the stream is held to look into the first call, a queue is drained, and the next calls go elsewhere. */
async function supervise(t: Test, { stage, admin }: Cast): Promise<void> {
  await admin.getByRole('link', { name: 'Board' }).click();
  const stream = admin.getByRole('table', { name: 'Calls' });
  const first = stream.getByRole('row').filter({ hasText: 'ACME-PLATINUM' });
  await first.waitFor();
  await admin.getByRole('button', { name: 'Pause' }).click();
  const flow = new Flow(t, stage);
  await admin.getByText(/Paused: [1-9]\d* newer call/).waitFor();
  await first.getByRole('link').click();
  await admin.getByText(/goes to east\/acme-sales with ACME-PLATINUM, because/).waitFor();
  await admin.getByText('ACME-PLATINUM presented by ann at east/acme-sales').waitFor();
  const said = admin.getByRole('table', { name: 'Dispositions' }).getByRole('row').nth(1);
  t.match(await said.innerText(), /Declined\s+counts/);
  await hasNoSeriousFault(t, admin, 'call');
  await takePicture(admin, 'call-story');

  const settings = await admin.context().newPage();
  await settings.goto(`${stage.router.http}/settings/queues`);
  await settings
    .getByRole('button', { name: /^service/ })
    .first()
    .click();
  const queue = settings.getByRole('region', { name: /^service/ });
  await queue.getByRole('switch', { name: 'Drain' }).click({ force: true });
  await settings.getByText('Valid. Nothing is written yet.').waitFor();
  await settings.getByRole('button', { name: 'Review and save' }).click();
  await settings.getByText(/^\+ +drain: true/).waitFor();
  await settings.getByLabel('Why? (for the history)').fill('the hall is painted');
  await hasNoSeriousFault(t, settings, 'settings');
  await takePicture(settings, 'settings-difference');
  await settings.getByRole('button', { name: 'Save', exact: true }).click();
  await settings.getByText('The router works with it from now on.').waitFor();
  const savedAt = new Date().toISOString();
  t.match(stage.router.settings.read('centres'), `${comment}\n`);

  await admin.getByRole('link', { name: 'Board' }).click();
  const later = () => attemptsDecidedSince(stage, savedAt);
  await waitUntil('ten calls came after that', () => later().length >= 10, 30_000);
  t.same(
    later().filter((place) => place === 'east/service'),
    [],
    'nobody goes to a queue that drains',
  );
  await admin.getByRole('row', { name: /^east\/service.*in maintenance/ }).waitFor();
  await hasNoSeriousFault(t, admin, 'board');
  await takePicture(admin, 'board');
  await stream.getByRole('row').filter({ hasText: 'west/service' }).first().waitFor();
  t.match(await admin.getByText('Calls today').locator('..').innerText(), /\d{2}/, 'the totals count them');
  await takePicture(admin, 'board-calls', admin.getByRole('heading', { name: 'Calls', exact: true }));
  await flow.finish(t);
  await settings.close();
}

async function loseTheNetwork(t: Test, { bob }: Cast): Promise<void> {
  await bob.context().setOffline(true);
  await bob.getByText(/^Not live since \d/).waitFor();
  await bob.getByRole('heading', { name: 'Last known: Call over' }).waitFor();
  await takePicture(bob, 'desk-not-live');
  await bob.context().setOffline(false);
  await bob.getByRole('heading', { name: 'Call over', exact: true }).waitFor();
  t.equal(await bob.getByText(/^Not live since/).count(), 0);
}

t.test('a day at the console', { skip: chromiumMissing() ?? sippMissing() ?? false }, async (t) => {
  const [browser, stage] = await Promise.all([openBrowser(t), openStory(t)]);
  const named = importRows(stage.router, 'customers', ['customer,name', `${customer.id},${customer.name}`]);
  const [cast] = await Promise.all([assemble(t, stage, browser), named]);
  await t.test('a call, its offer, what became of it', (t) => firstCall(t, cast));
  await t.test('the next call of the same customer, and a transfer', (t) => secondCall(t, cast));
  await t.test('a queue is edited while calls flow', (t) => supervise(t, cast));
  await t.test('the network goes and comes back', (t) => loseTheNetwork(t, cast));
});
