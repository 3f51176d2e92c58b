import t from 'tap';
import { contactEvents, contactStates, transitions } from '../../src/contacts/index.js';
import type { ContactEvent, ContactIdentity, RecordedContact } from '../../src/contacts/index.js';
import { AppError } from '../../src/kernel/index.js';
import { ContactStage, known, phone, settings } from './contact-stage.js';

t.test('a contact is decided as a call is, and leaves the same lines', async (t) => {
  const stage = new ContactStage();
  const web = await stage.create({ context: { page: 'home', offerCode: 'mine' } });
  t.match(web, {
    state: 'open',
    offer: { offer: 'BOR-TV' },
    target: { kind: 'page', url: 'https://www.example.com/borealis/tv' },
    pairs: { page: 'home', offerCode: 'BOR-TV', customerRef: 'c-1', decisionId: web.contactId },
    reason: 'offer',
    expiresAt: web.createdAt + 3_600_000,
  });
  t.strictSame(stage.written, ['decision', 'outcome', 'exposure reserved']);
  t.match(stage.lines[0], { medium: 'web', customer: 'c-1', caller: '**********01', source: 'api-key:k1' });
  t.match(stage.lines[2], { kind: 'web', destination: 'page:BOR-TV.web', medium: 'web' });
  t.strictSame(stage.reserved, [], 'a page keeps nobody busy');
  const chat = await stage.create({ medium: 'chat' });
  t.match(chat.target, {
    kind: 'chat',
    queue: 'west/digital',
    uri: 'sip:digital@127.0.0.1:5091;transport=udp',
  });
  t.match((await stage.create({ medium: 'text' })).target, { kind: 'queue', queue: 'west/digital' });
  t.strictSame(stage.reserved, ['west/digital', 'west/digital']);
});

t.test('who it is', async (t) => {
  const cases: readonly (readonly [ContactIdentity, string | undefined, string])[] = [
    [{}, undefined, 'identity'],
    [{ phone }, 'BOR-TV', 'offer'],
    [{ phone: '+15550100099' }, undefined, 'store'],
    [{ customer: 'c-1' }, 'BOR-TV', 'offer'],
    [{ customer: 'c-2' }, undefined, 'store'],
    [{ customer: 'c-2', phone }, undefined, 'store'],
    [{ account: '1000', secret: '1234' }, 'BOR-TV', 'offer'],
    [{ account: '9999', secret: '1234' }, undefined, 'identity'],
  ];
  for (const [identity, offer, reason] of cases) {
    const contact = await new ContactStage().create({ identity });
    t.equal(contact.offer?.offer, offer, JSON.stringify(identity));
    t.equal(contact.reason, reason, JSON.stringify(identity));
  }
});

t.test('settings that change while it is found out who somebody is are those that decide', async (t) => {
  const url = 'https://www.example.com/borealis/new-tv';
  const offers = settings.offers.offers.map((one) => ({
    ...one,
    presentations: one.presentations.map((how) => (how.kind === 'page' ? { ...how, url } : how)),
  }));
  const change = () => {
    stage.current = { ...settings, offers: { ...settings.offers, offers } };
    return Promise.resolve(known);
  };
  const stage = new ContactStage({ store: { lookup: change } });
  t.match(
    (await stage.create()).target,
    { kind: 'page', url },
    'a board is read by the decider it is made for',
  );
  const gone = new ContactStage({
    store: {
      lookup: () => {
        const partners = settings.partners.partners.map(({ web: _, ...one }) => one);
        gone.current = { ...settings, partners: { ...settings.partners, partners } };
        return Promise.resolve(known);
      },
    },
  });
  await t.rejects(gone.create(), { message: 'medium-not-taken' });
  t.strictSame(gone.lines, []);
});

t.test('the partner’s systems are believed as far as its settings allow', async (t) => {
  const offers = settings.offers.offers.map((one) => ({ ...one, minConfidence: 'verified' as const }));
  for (const [most, said, isOffered] of [
    ['trusted', 'verified', false],
    ['verified', 'verified', true],
    ['verified', undefined, false],
  ] as const) {
    const stage = new ContactStage();
    const partners = settings.partners.partners.map((one) =>
      one.web === undefined ? one : { ...one, web: { ...one.web, maxConfidence: most } },
    );
    stage.current = { ...settings, offers: { ...settings.offers, offers }, partners: { partners } };
    const contact = await stage.create({ identity: { phone, confidence: said } });
    t.equal(contact.offer !== null, isOffered, `${said ?? 'nothing'} of ${most}`);
  }
});

t.test('whatever fails inside, the answer is plain service', async (t) => {
  const stage = new ContactStage();
  stage.lookup = new Error('broken');
  t.match(await stage.create(), { offer: null, failOpen: ['store-failure'], target: { kind: 'page' } });
  stage.lookup = undefined;
  const late = stage.create();
  await new Promise(setImmediate);
  stage.clock.advance(settings.process.routing.decisionDeadlineMs);
  t.match(await late, {
    offer: null,
    failOpen: ['deadline'],
    target: { kind: 'page', url: 'https://www.example.com/borealis/welcome' },
  });
  stage.lookup = { ...known, strategy: null } as unknown as typeof known;
  t.match(await stage.create({ medium: 'chat' }), {
    offer: null,
    failOpen: ['decision-failure'],
    target: { kind: 'chat', queue: 'west/digital' },
  });
});

t.test('a partner without the medium, and no partner', async (t) => {
  const { router } = new ContactStage();
  const request = { medium: 'web', identity: {}, context: {}, source: 'x' } as const;
  t.equal((await router.create({ ...request, partner: 'acme' })).kind, 'medium-not-taken');
  t.equal((await router.create({ ...request, partner: 'nobody' })).kind, 'unknown-partner');
});

/** Events, and what each is answered and writes; the state at the end. */
const stories: readonly (readonly [
  events: ContactEvent[],
  answers: string[],
  written: string[],
  state: string,
])[] = [
  [
    ['presented', 'presented', 'accepted', 'accepted', 'presented', 'left'],
    ['recorded', 'unchanged', 'recorded', 'unchanged', 'unchanged', 'unchanged'],
    ['confirmed', 'concluded'],
    'accepted',
  ],
  [['declined', 'accepted'], ['recorded', 'conflict'], ['concluded'], 'declined'],
  [['left', 'left'], ['recorded', 'unchanged'], ['released'], 'left'],
  [['presented', 'left'], ['recorded', 'recorded'], ['confirmed'], 'left'],
  [
    ['left', 'presented', 'accepted'],
    ['recorded', 'recorded', 'recorded'],
    ['released', 'confirmed', 'concluded'],
    'accepted',
  ],
];

t.test('events, in any order', async (t) => {
  for (const [events, answers, written, state] of stories) {
    const stage = new ContactStage();
    const { contactId } = await stage.create();
    stage.lines.length = 0;
    const got: string[] = [];
    for (const event of events) got.push((await stage.router.event(contactId, { event })).kind);
    t.strictSame(got, answers, events.join());
    t.strictSame(
      stage.written,
      written.map((one) => `exposure ${one}`),
      events.join(),
    );
    t.equal((await stage.router.find(contactId))?.state, state, events.join());
  }
});

t.test('every state has a word on every event, and says nothing of an end that was not reached', (t) => {
  for (const state of contactStates) {
    for (const event of contactEvents) t.not(transitions[state][event], undefined, `${state} ${event}`);
  }
  t.end();
});

t.test('what was said is learned at once, by the partner’s codes', async (t) => {
  const stage = new ContactStage();
  const { contactId } = await stage.create();
  const given = { event: 'declined', code: 'accepted' } as const;
  t.match(await stage.router.event(contactId, given), { kind: 'unknown-code', codes: ['declined'] });
  t.match(await stage.router.event(contactId, { event: 'presented', note: 'x' }), { kind: 'code-unwanted' });
  t.strictSame(stage.learned, []);
  await stage.router.event(contactId, { event: 'declined', note: 'not now' });
  t.match(stage.learned, [['c-1', { effect: 'withheld', offerCode: 'BOR-TV', reason: 'declined' }]]);
  t.match(stage.lines.at(-1), { state: 'concluded', result: 'declined', code: 'declined', note: 'not now' });
});

t.test('late, unknown, and of a contact without an offer', async (t) => {
  const stage = new ContactStage();
  const { contactId } = await stage.create();
  const plain = await stage.create({ identity: {} });
  t.equal((await stage.router.event(plain.contactId, { event: 'accepted' })).kind, 'no-offer');
  t.equal((await stage.router.event(plain.contactId, { event: 'left' })).kind, 'recorded');
  t.equal((await stage.router.event('w-unknown', { event: 'left' })).kind, 'unknown-contact');
  stage.lines.length = 0;
  stage.clock.advance(3_600_000 + 30_000);
  t.match(stage.lines, [{ state: 'released', result: 'unknown' }], 'of the one that was open');
  t.equal((await stage.router.event(contactId, { event: 'accepted' })).kind, 'unknown-contact', 'no records');
  stage.router.stop();
});

t.test('a contact that is not in memory is found in the records, once', async (t) => {
  const asked: string[] = [];
  const clock = new ContactStage().clock;
  const recorded: RecordedContact = {
    ...{
      contactId: 'w-1',
      partner: 'borealis',
      medium: 'web',
      customer: 'c-1',
      destination: 'page:BOR-TV.web',
    },
    ...{ offer: 'BOR-TV', presentation: 'web', reason: 'offer', failOpen: [], createdAt: clock.wallNow() },
    ...{ state: 'presented', code: undefined },
  };
  const stage = new ContactStage({
    find: (id) => {
      asked.push(id);
      if (id === 'down') return Promise.reject(new AppError('RECORDS_UNAVAILABLE', 'down'));
      return Promise.resolve(id === 'w-1' ? recorded : undefined);
    },
  });
  t.match(await stage.router.find('w-1'), { state: 'presented', offer: { offer: 'BOR-TV' } });
  t.equal((await stage.router.event('w-1', { event: 'accepted' })).kind, 'recorded');
  t.strictSame(asked, ['w-1']);
  await t.rejects(stage.router.event('down', { event: 'left' }), { code: 'RECORDS_UNAVAILABLE' });
  const old = new ContactStage({
    find: () => Promise.resolve({ ...recorded, createdAt: clock.wallNow() - 3_600_001 }),
  });
  t.equal((await old.router.event('w-1', { event: 'accepted' })).kind, 'expired');
});
