// Requests a minute: counted by who asks, not by how they ask; what is refused says when to come back.
import t from 'tap';
import type { Test } from 'tap';
import type { Principal } from '../../src/console/access/principal.js';
import type { ApiArea } from '../../src/console/index.js';
import { openHttpServer } from '../support/http-server.js';

const rateLimits = { person: 3, apiKey: 2, unknown: 2, logIn: 1 };

const person = (agent: string): Principal => ({
  kind: 'person',
  agent,
  name: agent,
  role: 'agent',
  partners: [],
  centreAgents: [],
  session: agent,
});
const principals: Readonly<Record<string, Principal>> = {
  alice: person('alice'),
  bob: person('bob'),
  token: { kind: 'token' },
  key: { kind: 'api-key', key: 'k1', partner: 'meridian' },
};

async function serve(t: Test, trustedProxies: readonly string[] = []) {
  const area: ApiArea = (v1) => {
    // An area's own error handler has no say in it.
    v1.setErrorHandler((_error, _request, reply) => reply.code(500).send({ code: 'of the area' }));
    v1.get('/thing', { config: { access: { roles: ['agent'], apiKeys: true } } }, () => ({ ok: true }));
    v1.get('/open', { config: { access: 'public' } }, () => ({ ok: true }));
    v1.post('/session', { config: { access: 'public' } }, () => ({ ok: true }));
  };
  const server = await openHttpServer(t, {
    areas: [area],
    authenticators: [
      {
        authenticate: ({ headers }) => {
          const principal = principals[String(headers['x-who'])];
          return principal === undefined ? { kind: 'none' } : { kind: 'principal', principal };
        },
      },
    ],
    rateLimits,
    trustedProxies,
  });
  return async (path: string, who: string, more: { method?: string; from?: string } = {}) => {
    const headers = { 'x-who': who, ...(more.from === undefined ? {} : { 'X-Forwarded-For': more.from }) };
    return fetch(`http://127.0.0.1:${server.port}${path}`, { method: more.method ?? 'GET', headers });
  };
}

t.test('each principal has requests of their own', async (t) => {
  const ask = await serve(t);
  const statuses = async (path: string, who: string, times: number, method = 'GET') => {
    const all: number[] = [];
    for (let time = 0; time < times; time += 1) all.push((await ask(path, who, { method })).status);
    return all;
  };
  t.strictSame(await statuses('/v1/thing', 'alice', 4), [200, 200, 200, 429]);
  const refused = await ask('/v1/open', 'alice');
  t.equal(refused.status, 429, 'on every route');
  const seconds = Number(refused.headers.get('retry-after'));
  t.ok(seconds > 0 && seconds <= 60, `Retry-After: ${seconds}`);
  t.match(await refused.json(), { code: 'too-many-requests', message: /wait \d+ seconds/ });
  t.strictSame(await statuses('/v1/thing', 'bob', 1), [200], 'others are not concerned');
  t.strictSame(await statuses('/v1/thing', 'key', 3), [200, 200, 429]);
  t.strictSame(
    await statuses('/v1/thing', 'token', 9),
    Array(9).fill(200),
    'one’s own systems are not counted',
  );
  t.strictSame(await statuses('/v1/thing', 'nobody', 3), [401, 401, 429]);
  t.strictSame(await statuses('/v1/open', 'nobody', 3), [200, 200, 429]);
  t.strictSame(await statuses('/v1/session', 'nobody', 2, 'POST'), [200, 429]);
  t.strictSame(await statuses('/healthz', 'nobody', 9), Array(9).fill(200));
});

t.test('whoever comes through a trusted proxy is counted by the address that it names', async (t) => {
  const direct = await serve(t);
  const proxied = await serve(t, ['127.0.0.1']);
  for (const [ask, status] of [
    [direct, 429],
    [proxied, 200],
  ] as const) {
    t.equal((await ask('/v1/session', '', { method: 'POST', from: '192.0.2.1' })).status, 200);
    t.equal((await ask('/v1/session', '', { method: 'POST', from: '192.0.2.2' })).status, status);
  }
});
