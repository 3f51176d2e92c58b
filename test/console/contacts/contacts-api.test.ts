import t from 'tap';
import type { Test } from 'tap';
import { contactsApi, embedApi } from '../../../src/console/index.js';
import type { Authenticator, ContactsOperations, Principal } from '../../../src/console/index.js';
import { ContactTokens } from '../../../src/contacts/index.js';
import { AppError } from '../../../src/kernel/index.js';
import { ContactStage, phone, settings } from '../../contacts/contact-stage.js';
import { openHttpServer } from '../../support/http-server.js';

const principals: Readonly<Record<string, Principal>> = {
  borealis: { kind: 'api-key', key: 'k1', partner: 'borealis' },
  acme: { kind: 'api-key', key: 'k2', partner: 'acme' },
  token: { kind: 'token' },
  ...Object.fromEntries(
    (['agent', 'supervisor', 'analyst', 'admin'] as const).map((role) => [
      role,
      {
        kind: 'person',
        agent: role,
        name: role,
        role,
        partners: [],
        centreAgents: [],
        session: 's',
      } as const,
    ]),
  ),
};

const byName: Authenticator = {
  authenticate: ({ headers }) => {
    const principal = principals[/^Bearer (\w+)$/.exec(headers.authorization ?? '')?.[1] ?? ''];
    return principal === undefined ? { kind: 'none' } : { kind: 'principal', principal };
  },
};

interface Asked {
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

const origin = 'https://www.borealis.example';

/** @param perMinute of each key */
async function serve(
  t: Test,
  { perMinute = 600, find }: { perMinute?: number; find?: () => Promise<never> } = {},
) {
  const stage = new ContactStage(find === undefined ? {} : { find });
  const tokens = new ContactTokens(undefined);
  const { router, clock } = stage;
  const operations: ContactsOperations = {
    create: (request) => router.create(request),
    find: (id) => router.find(id),
    event: (id, given) => router.event(id, given),
    webOf: (partner) =>
      partner === 'borealis' ? { origins: [origin], contactsPerMinute: perMinute } : undefined,
    origins: () => new Set([origin, 'https://other.example']),
    sign: (contact) => tokens.sign(contact),
    verify: (token) => tokens.verify(token, clock.wallNow()),
    now: () => clock.wallNow(),
  };
  const server = await openHttpServer(t, {
    areas: [contactsApi(operations), embedApi(operations)],
    authenticators: [byName],
  });
  t.teardown(() => router.stop());
  const ask = async (
    method: string,
    path: string,
    { as, body, headers = {} }: Asked = {},
  ): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${server.port}/v1${path}`, {
      method,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  };
  return { ask, stage };
}

const web = { medium: 'web', identity: { phone } };

t.test('an API key asks for its own partner', async (t) => {
  const { ask } = await serve(t);
  const created = await ask('POST', '/contacts', { as: 'borealis', body: web });
  t.equal(created.status, 201);
  t.match(created.body, {
    ...{
      partner: 'borealis',
      medium: 'web',
      state: 'open',
      presentation: 'web',
      reason: 'offer',
      failOpen: [],
    },
    offer: { offer: 'BOR-TV', name: 'TV package, six months for three', kind: 'sales' },
    target: { kind: 'page', url: 'https://www.example.com/borealis/tv' },
    pairs: { offerCode: 'BOR-TV', customerRef: 'c-1' },
    token: /^ct_/,
    expiresAt: '2026-01-01T01:00:00.000Z',
  });
  const path = `/contacts/${String(created.body['contactId'])}`;
  t.match(await ask('GET', path, { as: 'borealis' }), { status: 200, body: { state: 'open' } });
  t.equal(
    (await ask('GET', path, { as: 'acme' })).status,
    404,
    'another partner is not told that there is one',
  );
  const event = (as: string, body: object) => ask('POST', `${path}/events`, { as, body });
  t.equal((await event('acme', { event: 'accepted' })).status, 404);
  t.match(await event('borealis', { event: 'declined' }), {
    status: 200,
    body: { kind: 'recorded', contact: { state: 'declined' } },
  });
  t.match(await event('token', { event: 'declined' }), { status: 200, body: { kind: 'unchanged' } });
  t.match(await event('admin', { event: 'accepted' }), { status: 409, body: { code: 'conflict' } });
});

t.test('who may', async (t) => {
  const { ask } = await serve(t);
  const body = { ...web, partner: 'borealis' };
  for (const [as, status] of [
    ...([
      ['borealis', 201],
      ['acme', 403],
      ['token', 201],
      ['admin', 201],
    ] as const),
    ...([
      ['agent', 403],
      ['supervisor', 403],
      ['analyst', 403],
      ['nobody', 401],
    ] as const),
  ]) {
    t.equal((await ask('POST', '/contacts', { as, body })).status, status, as);
    if (status === 201) continue;
    const refused = as === 'acme' ? 404 : status;
    t.equal((await ask('GET', '/contacts/w-1', { as })).status, refused, as);
    t.equal((await ask('POST', '/contacts/w-1/events', { as, body: { event: 'left' } })).status, refused, as);
  }
});

/** What is sent to POST /v1/contacts, and the answer. */
const bad: readonly (readonly [what: string, body: unknown, status: number, answer: object])[] = [
  ['no JSON', '{', 400, { code: 'bad-request', message: 'the body is not valid JSON' }],
  ['no object', '[]', 400, { code: 'bad-request' }],
  ['nothing', {}, 400, { field: 'medium', message: 'medium: is required' }],
  ['a medium that there is not', { medium: 'fax' }, 400, { field: 'medium' }],
  ['a call', { medium: 'call' }, 400, { field: 'medium' }],
  ['a key that is not known', { ...web, colour: 'red' }, 400, { message: 'colour: is not known here' }],
  [
    'a number that is none',
    { medium: 'web', identity: { phone: '5550100' } },
    400,
    { field: 'identity.phone' },
  ],
  [
    'a number as a number',
    { medium: 'web', identity: { phone: 15550100001 } },
    400,
    { field: 'identity.phone' },
  ],
  ['an account with letters', { medium: 'web', identity: { account: 'A1', secret: '1' } }, 400, {}],
  [
    'an account alone',
    { medium: 'web', identity: { account: '1000' } },
    422,
    { code: 'identity-incomplete' },
  ],
  ['a secret alone', { medium: 'web', identity: { secret: '1000' } }, 422, { code: 'identity-incomplete' }],
  [
    'an account and a number',
    { medium: 'web', identity: { account: '1000', secret: '1234', phone } },
    422,
    { code: 'identity-several' },
  ],
  ['a confidence of nobody', { medium: 'web', identity: { confidence: 'sure' } }, 400, {}],
  ['context that is no text', { ...web, context: { a: 1 } }, 400, { field: 'context.a' }],
  ['context of a strange name', { ...web, context: { 'a b': 'x' } }, 400, {}],
  ['context that is long', { ...web, context: { a: 'x'.repeat(201) } }, 400, { field: 'context.a' }],
  ['context with NUL', { ...web, context: { a: 'x\0' } }, 400, { field: 'a' }],
  [
    'context of too many',
    { ...web, context: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, 'x'])) },
    400,
    { field: 'context' },
  ],
  ['too much', JSON.stringify({ ...web, more: 'x'.repeat(9000) }), 413, { code: 'body-too-large' }],
  ['a partner of others', { ...web, partner: 'acme' }, 403, { code: 'other-partner' }],
];

t.test('bad input is told what is wrong, and makes no contact', async (t) => {
  const { ask, stage } = await serve(t);
  for (const [what, body, status, answer] of bad) {
    t.match(await ask('POST', '/contacts', { as: 'borealis', body }), { status, body: answer }, what);
  }
  const byToken = (body: object) => ask('POST', '/contacts', { as: 'token', body });
  t.match(await byToken(web), { status: 422, body: { code: 'partner-missing' } });
  t.match(await byToken({ ...web, partner: 'nobody' }), { status: 422, body: { code: 'unknown-partner' } });
  t.match(await byToken({ ...web, partner: 'acme' }), { status: 422, body: { code: 'medium-not-taken' } });
  t.strictSame(stage.lines, []);
  const { contactId } = await stage.create();
  const event = (body: unknown) => ask('POST', `/contacts/${contactId}/events`, { as: 'borealis', body });
  t.match(await event({ event: 'sold' }), { status: 400, body: { field: 'event' } });
  t.match(await event({ event: 'accepted', code: 'declined' }), {
    status: 422,
    body: { code: 'unknown-code', codes: ['accepted'] },
  });
  t.match(await event({ event: 'left', note: 'x' }), { status: 422, body: { code: 'code-unwanted' } });
  for (const [length, status] of [
    [129, 400],
    [1601, 414],
  ] as const)
    t.equal((await ask('GET', `/contacts/${'x'.repeat(length)}`, { as: 'borealis' })).status, status);
});

t.test('the same key: the same answer, also at once; another request: refused', async (t) => {
  const { ask, stage } = await serve(t);
  const send = (body: object, key: string, as = 'borealis') =>
    ask('POST', '/contacts', { as, body, headers: { 'idempotency-key': key } });
  const answers = await Promise.all(Array.from({ length: 8 }, () => send(web, 'one')));
  t.equal(new Set(answers.map(({ body }) => body['contactId'])).size, 1);
  t.equal(stage.lines.filter(({ type }) => type === 'decision').length, 1, 'decided once');
  t.equal(answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true').length, 7);
  const other = await send({ ...web, medium: 'chat' }, 'one');
  t.match(other, { status: 422, body: { code: 'idempotency-key-reused' } });
  const ofOther = await send({ ...web, partner: 'borealis' }, 'one', 'token');
  t.equal(ofOther.status, 201, 'the key of somebody else');
  t.not(ofOther.body['contactId'], answers[0]?.body['contactId']);
  t.equal((await send(web, 'two words')).status, 400);
  stage.clock.advance(3_600_001);
  t.not((await send(web, 'one')).body['contactId'], answers[0]?.body['contactId'], 'an hour later it is new');
});

t.test('so many a minute for each key', async (t) => {
  const { ask } = await serve(t, { perMinute: 3 });
  for (let i = 0; i < 3; i++)
    t.equal((await ask('POST', '/contacts', { as: 'borealis', body: web })).status, 201);
  const refused = await ask('POST', '/contacts', { as: 'borealis', body: web });
  t.match(refused, { status: 429, body: { code: 'too-many-requests', message: /3 requests a minute/ } });
  t.ok(Number(refused.headers.get('retry-after')) > 0);
  t.equal((await ask('POST', '/contacts', { as: 'acme', body: web })).status, 422, 'others are not kept out');
});

t.test('while the records are down contacts are made, and old ones wait', async (t) => {
  const { ask } = await serve(t, { find: () => Promise.reject(new AppError('RECORDS_UNAVAILABLE', 'down')) });
  t.equal((await ask('POST', '/contacts', { as: 'borealis', body: web })).status, 201);
  const old = await ask('POST', '/contacts/w-old/events', { as: 'borealis', body: { event: 'accepted' } });
  t.match(old, { status: 503, body: { code: 'records-unavailable' } });
  t.equal(old.headers.get('retry-after'), '5');
});

t.test('a page shows the token of its contact, and may do nothing else with it', async (t) => {
  const { ask, stage } = await serve(t);
  const created = await ask('POST', '/contacts', { as: 'borealis', body: web });
  const headers = { authorization: `Contact ${String(created.body['token'])}`, origin };
  const read = await ask('GET', '/embed/contact', { headers });
  t.strictSame(read.body, {
    contactId: created.body['contactId'],
    state: 'open',
    offer: { name: 'TV package, six months for three', kind: 'sales' },
    target: { kind: 'page', url: 'https://www.example.com/borealis/tv' },
    expiresAt: '2026-01-01T01:00:00.000Z',
  });
  t.equal(read.headers.get('access-control-allow-origin'), origin);
  const event = (body: object, more: object = {}) =>
    ask('POST', '/embed/events', { body, headers: { ...headers, ...more } });
  t.match(await event({ event: 'accepted', code: 'accepted' }), { status: 400 }, 'codes are for servers');
  t.match(await event({ event: 'presented' }), { status: 200, body: { state: 'presented' } });
  const elsewhere = await event({ event: 'accepted' }, { origin: 'https://other.example' });
  t.match(elsewhere, { status: 403, body: { code: 'origin-not-allowed' } });
  t.equal(elsewhere.headers.get('access-control-allow-origin'), null);
  for (const [authorization, status, code] of [
    ['', 401, 'token-missing'],
    ['Contact ct_x.y', 401, 'token-unknown'],
  ] as const)
    t.match(await event({ event: 'accepted' }, { authorization }), { status, body: { code } });
  t.equal((await ask('GET', `/contacts/${String(created.body['contactId'])}`, { headers })).status, 401);
  stage.clock.advance(3_600_000);
  t.match(await event({ event: 'accepted' }), { status: 410, body: { code: 'token-expired' } });
});

t.test('browsers are told which sites may ask (Fetch, CORS preflight)', async (t) => {
  const { ask } = await serve(t);
  const preflight = (from: string) => ask('OPTIONS', '/embed/events', { headers: { origin: from } });
  const allowed = await preflight(origin);
  t.equal(allowed.status, 204);
  t.equal(allowed.headers.get('access-control-allow-origin'), origin);
  t.match(allowed.headers.get('access-control-allow-headers'), /Authorization/);
  t.equal((await preflight('https://evil.example')).status, 403);
  const ofKeys = await ask('POST', '/contacts', { as: 'borealis', body: web, headers: { origin } });
  t.equal(ofKeys.headers.get('access-control-allow-origin'), null, 'a key is for servers');
  t.ok(settings.partners.partners.some((one) => one.web !== undefined));
});
