// Identification by digits: asked the same whatever is wrong, bounded, and never written down.
import { Writable } from 'node:stream';
import t from 'tap';
import { IdentifyAction, isAskedForDigits } from '../../../src/calls/ivr/identify-action.js';
import type { IdentifiedCaller, IdentifyRoute } from '../../../src/calls/ivr/identify-action.js';
import { digitsLimitMs, matchDeadlineMs } from '../../../src/calls/ivr/digits-run.js';
import { TryLimits } from '../../../src/calls/ivr/try-limits.js';
import type { IdentificationSettings } from '../../../src/config/index.js';
import type { CtiPairs, DigitsMatch, DigitsMatcher, StrategyLookup } from '../../../src/offers/index.js';
import { createLogger } from '../../../src/kernel/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { alice, aliceStrategy, turn } from '../story.js';
import { ivrSteps, IvrStory, sales, service, stepTo, then } from './ivr-story.js';

const settings: IdentificationSettings = {
  when: ['unknown', 'ambiguous'],
  programs: ['east/offer-ivr'],
  account: { prompts: ['file:account.wav'], minDigits: 6, maxDigits: 10 },
  secret: { prompts: ['file:secret.wav'], minDigits: 4, maxDigits: 6 },
  tries: 2,
  timeoutMs: 8000,
  interDigitTimeoutMs: 3000,
  invalidPrompts: ['file:nobody.wav'],
};
const account = '12345642';
const secret = '4711';
const hit: StrategyLookup = { kind: 'hit', strategy: aliceStrategy, ageMs: 0 };

class Matcher implements DigitsMatcher {
  readonly asked: string[] = [];
  answer: (() => DigitsMatch | Promise<DigitsMatch>) | undefined;

  readonly callers = new Set<string | undefined>();
  pairs: CtiPairs | undefined;

  match(partner: string, given: string, its: string, caller?: string): Promise<DigitsMatch> {
    this.asked.push(`${partner} ${given} ${its}`);
    this.callers.add(caller);
    const { answer } = this;
    if (answer !== undefined) return new Promise((resolve) => resolve(answer()));
    if (given !== account) return Promise.resolve({ kind: 'no-match' });
    const kind = its === secret ? 'person' : 'account';
    return Promise.resolve({ kind, lookup: hit, ...(this.pairs === undefined ? {} : { pairs: this.pairs }) });
  }
}

class IdentifyStory extends IvrStory {
  readonly matcher = new Matcher();
  readonly limits: TryLimits;
  readonly decided: IdentifiedCaller[] = [];
  readonly written: string[] = [];
  override readonly log;
  newSteps = [sales, service];

  constructor(limits?: TryLimits) {
    super('sdp of alice', [service]);
    this.limits = limits ?? new TryLimits({ clock: this.clock });
    const destination = new Writable({
      write: (chunk, _encoding, done) => {
        this.written.push(String(chunk));
        done();
      },
    });
    this.log = createLogger({ level: 'trace', personalData: true, destination });
  }

  begin(caller: string | undefined): IdentifyAction {
    const route: IdentifyRoute = {
      ...this.route,
      settings,
      caller,
      programs: [stepTo('east/offer-ivr')],
      decideAnew: (identified) => {
        this.decided.push(identified);
        return this.newSteps;
      },
    };
    return new IdentifyAction(this, { ...this.services, matcher: this.matcher, limits: this.limits }, route);
  }

  async enter(given = account, its = secret): Promise<void> {
    await then(() => this.port.press(given, '#'));
    await then(() => this.port.press(its, '#'));
    await turn();
  }
}

async function begin(): Promise<{ story: IdentifyStory; action: IdentifyAction }> {
  const story = new IdentifyStory();
  const action = story.begin(alice);
  await turn();
  return { story, action };
}

t.test('who is asked', (t) => {
  const number = { kind: 'number', phone: alice, source: 'From', confidence: 'claimed' } as const;
  const ambiguous = { kind: 'ambiguous', customers: [], generation: 1, ageMs: 0 } as const;
  const miss = { kind: 'miss' } as const;
  const failure = { kind: 'failure', reason: 'down' } as const;
  const stale = { kind: 'stale', lookup: ambiguous, ageMs: 1, reason: 'down' } as const;
  const all = { when: ['unknown', 'ambiguous', 'anonymous'] } as Pick<IdentificationSettings, 'when'>;
  t.equal(isAskedForDigits(all, number, miss), true);
  t.equal(isAskedForDigits(all, number, ambiguous), true);
  t.equal(isAskedForDigits(all, number, stale), true);
  t.equal(isAskedForDigits(all, { kind: 'anonymous' }, miss), true);
  t.equal(isAskedForDigits(all, { kind: 'unparsable' }, miss), true);
  t.equal(isAskedForDigits(all, number, hit), false, 'who is known');
  t.equal(isAskedForDigits(all, number, failure), false, 'of whom nothing can be found out');
  t.equal(isAskedForDigits(undefined, number, miss), false, 'a partner that asks nobody');
  t.equal(isAskedForDigits(settings, { kind: 'anonymous' }, miss), false);
  t.equal(isAskedForDigits({ when: ['anonymous'] }, number, miss), false);
  t.equal(isAskedForDigits({ when: ['unknown'] }, number, ambiguous), false);
  t.end();
});

t.test('the right digits: verified, and on to the queue of the new decision', async (t) => {
  const { story } = await begin();
  t.match(story.port.asked, {
    kind: 'collect',
    request: {
      prompts: ['file:account.wav'],
      minDigits: 6,
      maxDigits: 10,
      terminators: '#',
      timeoutMs: 8000,
      interDigitTimeoutMs: 3000,
    },
  });
  await then(() => story.port.press(account, '#'));
  t.same(story.port.prompts, ['file:secret.wav']);
  await then(() => story.port.press(secret));
  t.same(story.matcher.asked, [`acme ${account} ${secret}`]);
  t.same(story.decided, [{ kind: 'identified', confidence: 'verified', lookup: hit }]);
  t.match(story.moves, [{ to: 'sales', steps: [sales, service], port: story.port, presented: [] }]);
  t.same(story.exposures, ['agent reserved']);
  t.same(story.clock.running, ['exposure-expiry']);
  t.same(await story.metric('proffer_identifications_total'), [
    'proffer_identifications_total{result="person"} 1',
  ]);
});

t.test('an IVR presentation runs on the port that is open', async (t) => {
  const { story } = await begin();
  story.newSteps = [ivrSteps[1]!, ivrSteps[0]!, service];
  await story.enter();
  t.equal(story.bank.requests.length, 1, 'the same port');
  t.same(story.port.prompts, ['file:travel.wav']);
  t.match(story.lines[0], { state: 'reserved', kind: 'ivr', destination: 'east/offer-ivr' });
  await then(() => story.call.dialog.events?.onEnded('bye'));
  t.equal(story.exposures.at(-1), 'ivr concluded hang-up');
  t.equal(story.bank.openPorts, 0);
  t.equal(story.count('released'), 1);
});

t.test('an IVR presentation at another centre gives way to the queues', async (t) => {
  const { story } = await begin();
  story.newSteps = [ivrSteps[1]!, service];
  await story.enter();
  t.match(story.moves, [{ to: 'service', steps: [service] }]);
});

t.test('both are asked for and the same is said, whichever was wrong', async (t) => {
  const heard = new Set<string>();
  for (const [given, its] of [
    ['99999999', secret],
    [account, '0000'],
    ['1', secret],
    [account, '1'],
    ['*2*3*4*', secret],
    ['99999999', '0000'],
  ]) {
    const { story } = await begin();
    await story.enter(given, its);
    await story.enter(given, its);
    heard.add(JSON.stringify(story.port.history));
    t.equal(story.moves.length, 1);
  }
  t.equal(heard.size, 1);
  t.match([...heard][0], /account.wav.*secret.wav.*nobody.wav.*account.wav.*secret.wav/);
});

t.test('how it ends', async (t) => {
  const cases: readonly (readonly [string, (story: IdentifyStory) => Promise<void>, string])[] = [
    [
      'no match',
      async (story) => {
        await story.enter('99999999');
        await story.enter('99999998');
      },
      'no-match',
    ],
    [
      'silence',
      async (story) => {
        await then(() => story.port.silence());
        t.same(story.port.prompts, ['file:account.wav'], 'nobody was wrong');
        await then(() => story.port.silence());
      },
      'timeout',
    ],
    [
      'silence for the secret',
      async (story) => {
        for (let tries = 0; tries < 2; tries++) {
          await then(() => story.port.press(account));
          await then(() => story.port.silence());
        }
      },
      'timeout',
    ],
    [
      'the store is down',
      async (story) => {
        story.matcher.answer = () => ({ kind: 'failure', reason: 'down' });
        await story.enter();
      },
      'failure',
    ],
    [
      'the matcher breaks its promise',
      async (story) => {
        story.matcher.answer = () => Promise.reject(new Error('broken'));
        await story.enter();
      },
      'failure',
    ],
    [
      'the matcher is silent',
      async (story) => {
        story.matcher.answer = () => new Promise(() => undefined);
        await story.enter();
        await then(() => story.clock.advance(matchDeadlineMs));
      },
      'failure',
    ],
    [
      'the matcher has heard too much',
      async (story) => {
        story.matcher.answer = () => ({ kind: 'blocked', reason: 'too-many-tries' });
        await story.enter();
        await story.enter();
      },
      'blocked',
    ],
    ['the centre says nothing', (story) => then(() => story.clock.advance(digitsLimitMs)), 'timeout'],
    ['the centre dies', (story) => then(() => story.port.die()), 'centre-gone'],
  ];
  for (const [what, happen, result] of cases) {
    const { story } = await begin();
    await happen(story);
    t.match(story.moves, [{ to: 'service', steps: [service], presented: [] }], what);
    t.equal(story.moves[0]?.port === undefined, result === 'centre-gone', what);
    t.equal(story.decided.length, 0, what);
    const counted = [`proffer_identifications_total{result="${result}"} 1`];
    t.same(await story.metric('proffer_identifications_total'), counted, what);
    t.same(story.clock.running, [], what);
  }
});

t.test('an account without its secret is claimed, no more', async (t) => {
  const { story } = await begin();
  await story.enter(account, '0000');
  t.equal(story.decided.length, 0, 'there is another try');
  await story.enter(account, '0001');
  t.match(story.decided, [{ confidence: 'claimed', lookup: hit }]);
  const other = await begin();
  await other.story.enter(account, '0000');
  await other.story.enter('99999999', '0000');
  t.equal(other.story.decided.length, 0, 'the last try counts');
});

t.test('what the matcher says of the caller goes with the new decision', async (t) => {
  const pairs = { serviceOfferCode: 'ACME-OUTAGE', serviceOfferUrl: 'https://x.example/o' };
  for (const its of [secret, '0000']) {
    const { story } = await begin();
    story.matcher.pairs = pairs;
    await story.enter(account, its);
    if (its !== secret) await story.enter(account, its);
    t.strictSame(
      story.decided.map((one) => one.pairs),
      [pairs],
    );
    t.strictSame([...story.matcher.callers], [alice], 'whose tries the matcher counts');
  }
});

t.test('the caller hangs up, cancels, or the router stops', async (t) => {
  for (const [what, happen, end] of [
    ['hang-up', ({ story }) => story.call.dialog.events?.onEnded('bye'), 'success caller-hung-up 200'],
    ['stop', ({ action }) => action.abandon('shutdown'), 'server-error shutdown 200'],
  ] as readonly [string, (one: Awaited<ReturnType<typeof begin>>) => void, string][]) {
    for (const digits of [0, 1]) {
      const one = await begin();
      if (digits === 1) await then(() => one.story.port.press(account));
      await then(() => happen(one));
      t.ok(one.story.told.includes(`ended ${end}`), what);
      t.equal(one.story.count('released'), 1);
      t.equal(one.story.moves.length + one.story.matcher.asked.length, 0);
      t.equal(one.story.bank.openPorts, 0);
      t.same(one.story.clock.running, []);
    }
  }
  const story = new IdentifyStory();
  story.bank.isHeld = true;
  const action = story.begin(alice);
  await then(() => action.cancel());
  await then(() => story.bank.held[0]?.());
  t.ok(story.told.includes('ended client-error cancelled 487'));
  t.equal(story.bank.openPorts, 0);
  const busy = new IdentifyStory();
  busy.bank.failures.push('busy');
  busy.begin(alice);
  await turn();
  t.same(busy.others, [[service]], 'no port: the decision that there is, the caller not answered');
});

t.test('tries are bounded over calls, by account and by caller', async (t) => {
  const clock = new FakeClock();
  const limits = new TryLimits({ clock, triesByCaller: 5, triesByAccount: 3 });
  const call = async (given: string, caller: string | undefined): Promise<IdentifyStory> => {
    const story = new IdentifyStory(limits);
    story.begin(caller);
    await turn();
    await story.enter(given, '0000');
    await story.enter(given, '0001');
    return story;
  };
  t.equal((await call(account, alice)).matcher.asked.length, 2);
  const blocked = await call(account, '+15550100009');
  t.equal(blocked.matcher.asked.length, 1, 'three at one account, whoever calls');
  t.same(await blocked.metric('proffer_identifications_total'), [
    'proffer_identifications_total{result="blocked"} 1',
  ]);
  const right = new IdentifyStory(limits);
  right.begin('+15550100008');
  await turn();
  await right.enter();
  t.equal(right.decided.length, 0, 'the right secret does not help any more');
  t.equal((await call('11111111', alice)).matcher.asked.length, 2);
  t.equal((await call('22222222', alice)).matcher.asked.length, 1, 'five by one caller');
  t.equal((await call('33333333', undefined)).matcher.asked.length, 2, 'a caller without a number');
  clock.advance(15 * 60_000);
  t.equal((await call(account, alice)).matcher.asked.length, 2, 'after the window');
});

t.test('what is remembered is bounded', (t) => {
  const clock = new FakeClock();
  const limits = new TryLimits({ clock, maxKeys: 100 });
  for (let i = 0; i < 10_000; i++) limits.take({ partner: 'acme', caller: `+1555${i}`, account: String(i) });
  t.equal(limits.size, 200);
  for (let i = 0; i < 5; i++) t.ok(limits.take({ partner: 'acme', caller: undefined, account: '1' }));
  t.notOk(limits.take({ partner: 'acme', caller: undefined, account: '1' }));
  t.ok(limits.take({ partner: 'borealis', caller: undefined, account: '1' }), 'of another partner');
  limits.succeeded({ partner: 'acme', account: '1' });
  t.ok(limits.take({ partner: 'acme', caller: undefined, account: '1' }));
  t.end();
});

t.test('digits are in no log and in no record, not even when personal data are logged', async (t) => {
  const { story } = await begin();
  await story.enter(account, '8642');
  await story.enter();
  const text = story.written.join('') + JSON.stringify(story.lines) + JSON.stringify(story.told);
  t.match(text, /\*{6}42/, 'the account masked');
  for (const digits of [account, secret, '8642', '123456']) t.notOk(text.includes(digits), digits);
  const headers = JSON.stringify(story.moves.map(({ steps, presented }) => ({ steps, presented })));
  t.notOk(headers.includes(account));
});
