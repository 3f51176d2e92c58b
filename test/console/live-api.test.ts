import t from 'tap';
import type { Test } from 'tap';
import { liveApi, tokenAuthenticator } from '../../src/console/index.js';
import type { RouteAnswer, StatusAnswer } from '../../src/callcenter/index.js';
import type { LiveCallView, LiveOperations } from '../../src/console/index.js';
import { openHttpServer } from '../support/http-server.js';

const token = 'a-token-of-sixteen-characters';
const call: LiveCallView = {
  decisionId: 'd-1',
  partner: 'acme',
  customer: 'c-1',
  offer: 'ACME-PLATINUM',
  presented: ['ACME-TRAVEL:declined'],
  centre: 'east',
  queue: 'acme-sales',
  agent: '1001',
  state: 'talking',
  sinceMs: 1500,
};

class Operations implements LiveOperations {
  routeAnswer: RouteAnswer = { kind: 'routed', destination: 'east/service', offer: undefined };
  statusAnswer: StatusAnswer = { kind: 'done' };
  fails = false;
  readonly asked: unknown[] = [];
  centres = () => [{ centre: 'east', feed: 'live', reason: undefined, ageMs: 12, isUp: true }];
  queues = () => [];
  seenBy = () => () => true;
  agents = () => [];
  calls = () => [call];
  call = (id: string) => (id === call.decisionId ? call : undefined);

  route(...asked: unknown[]): Promise<RouteAnswer> {
    this.asked.push(asked);
    return this.fails ? Promise.reject(new Error('secret detail')) : Promise.resolve(this.routeAnswer);
  }

  setAgentStatus(...asked: unknown[]): Promise<StatusAnswer> {
    this.asked.push(asked);
    return Promise.resolve(this.statusAnswer);
  }
}

async function serve(t: Test) {
  const operations = new Operations();
  const server = await openHttpServer(t, {
    areas: [liveApi(operations)],
    authenticators: [tokenAuthenticator(token)],
  });
  const ask = async (method: string, path: string, body?: unknown, bearer = token) => {
    const headers: Record<string, string> = { authorization: `Bearer ${bearer}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method, headers, body: text });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return { operations, ask };
}

t.test('what is live can be read', async (t) => {
  const { ask } = await serve(t);
  t.strictSame((await ask('GET', '/v1/centres')).body, {
    centres: [{ centre: 'east', feed: 'live', ageMs: 12, isUp: true }],
  });
  t.strictSame((await ask('GET', '/v1/calls')).body, { calls: [call] });
  t.strictSame((await ask('GET', '/v1/calls/d-1')).body, call);
  t.strictSame((await ask('GET', '/v1/queues')).body, { queues: [] });
  t.strictSame((await ask('GET', '/v1/agents')).body, { agents: [] });
  const unknown = await ask('GET', '/v1/calls/d-2');
  t.equal(unknown.status, 404);
  t.match(unknown.body, { code: 'unknown-call', message: /no call/ });
});

t.test('without the token nothing is told or done', async (t) => {
  const { ask, operations } = await serve(t);
  for (const bearer of ['', 'wrong', `${token}x`, token.slice(1)]) {
    const response = await ask('POST', '/v1/calls/d-1/route', { queue: 'east/service' }, bearer);
    t.equal(response.status, 401);
    t.equal(response.headers.get('www-authenticate'), 'Bearer');
  }
  t.strictSame(operations.asked, []);
});

t.test('without PROFFER_API_TOKEN the API is closed and says so', async (t) => {
  const server = await openHttpServer(t, {
    areas: [liveApi(new Operations())],
  });
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/calls`);
  t.equal(response.status, 403);
  t.match(await response.json(), { code: 'api-closed', message: /PROFFER_API_TOKEN/ });
});

t.test('a call is sent elsewhere, and every answer has its status', async (t) => {
  const { ask, operations } = await serve(t);
  const routed = await ask('POST', '/v1/calls/d-1/route', { offer: 'ACME-SAVER', presentation: 'agent' });
  t.equal(routed.status, 200);
  t.match(routed.body, { kind: 'routed', destination: 'east/service' });
  t.strictSame(operations.asked, [['d-1', { offer: 'ACME-SAVER', presentation: 'agent' }]]);
  const cases: readonly (readonly [RouteAnswer, number])[] = [
    [{ kind: 'unknown-call' }, 404],
    [{ kind: 'not-at-a-centre' }, 409],
    [{ kind: 'unknown-target', message: 'no such queue' }, 422],
    [{ kind: 'not-entitled', message: 'of another partner' }, 403],
    [{ kind: 'refused', message: 'the centre said no' }, 409],
    [{ kind: 'unreachable', message: 'the centre does not answer' }, 503],
  ];
  for (const [given, status] of cases) {
    operations.routeAnswer = given;
    const response = await ask('POST', '/v1/calls/d-1/route', { queue: 'east/service' });
    t.equal(response.status, status, given.kind);
    t.match(response.body, { code: given.kind, message: /./ });
    t.equal(response.headers.get('retry-after'), status === 503 ? '5' : null);
  }
});

t.test('bodies that make no sense are refused with what would be right', async (t) => {
  const { ask, operations } = await serve(t);
  const bodies = [
    '{',
    '[]',
    {},
    { queue: '' },
    { queue: 7 },
    { offer: 'A', queue: 'b' },
    { offer: 'x'.repeat(65) },
  ];
  for (const body of bodies) {
    const response = await ask('POST', '/v1/calls/d-1/route', body);
    t.equal(response.status, 400, JSON.stringify(body));
    t.match(response.body, { code: 'bad-request', message: /"queue": "centre\/queue"/ });
  }
  t.equal((await ask('POST', '/v1/calls/d-1/route', { queue: 'x'.repeat(5000) })).status, 413);
  t.strictSame(operations.asked, []);
});

t.test('the status of an agent', async (t) => {
  const { ask, operations } = await serve(t);
  t.equal((await ask('PUT', '/v1/agents/east/1001/status', { status: 'On Break' })).status, 200);
  t.strictSame(operations.asked, [['east', '1001', 'On Break']]);
  const wrong = await ask('PUT', '/v1/agents/east/1001/status', { status: 'Asleep' });
  t.equal(wrong.status, 400);
  t.match(wrong.body, { message: /Available, Available \(On Demand\), On Break, Logged Out/ });
});

t.test('a failure inside tells nothing of itself', async (t) => {
  const { ask, operations } = await serve(t);
  operations.fails = true;
  const response = await ask('POST', '/v1/calls/d-1/route', { queue: 'east/service' });
  t.equal(response.status, 500);
  t.notMatch(JSON.stringify(response.body), /secret/);
});
