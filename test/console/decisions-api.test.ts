import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import t from 'tap';
import { guard } from '../../src/console/access/gate.js';
import { tokenAuthenticator } from '../../src/console/access/token.js';
import { decisionsApi } from '../../src/console/decisions-api.js';
import type { DecisionRecords } from '../../src/console/decisions-api.js';
import { AppError } from '../../src/kernel/index.js';

class UnavailableError extends AppError {
  constructor() {
    super('RECORDS_UNAVAILABLE', 'the database at secret-host is down');
  }
}

const asked: string[] = [];
const records: DecisionRecords = {
  story: (id) => {
    asked.push(id);
    if (id === 'down') return Promise.reject(new UnavailableError());
    if (id === 'broken') return Promise.reject(new TypeError('a stack of ours'));
    if (id === 'd-1') return Promise.resolve({ kind: 'story', story: { contact: { decisionId: 'd-1' } } });
    if (id === 'c@test') return Promise.resolve({ kind: 'several', calls: [{ decisionId: 'd-1' }] });
    return Promise.resolve({ kind: 'unknown' });
  },
};

function serve(token?: string): FastifyInstance {
  const app = fastify();
  void app.register(
    (v1, _options, done) => {
      guard(v1, token === undefined ? [] : [tokenAuthenticator(token)]);
      decisionsApi(records)(v1);
      done();
    },
    { prefix: '/v1' },
  );
  return app;
}

const app = serve('token-of-the-test');
const headers = { authorization: 'Bearer token-of-the-test' };
const get = (id: string, shown: Record<string, string> = headers) =>
  app.inject({ method: 'GET', url: `/v1/decisions/${id}`, headers: shown });

t.teardown(() => app.close());

t.test('a story, for who shows the token', async (t) => {
  const answer = await get('d-1');
  t.equal(answer.statusCode, 200);
  t.strictSame(answer.json(), { contact: { decisionId: 'd-1' } });
  t.equal((await get('d-1', {})).statusCode, 401);
  const closed = serve();
  t.equal((await closed.inject({ method: 'GET', url: '/v1/decisions/d-1' })).statusCode, 403);
  await closed.close();
});

t.test('several calls, none, and records that are down', async (t) => {
  const several = await get('c%40test');
  t.equal(several.statusCode, 300);
  t.match(several.json(), { code: 'several-calls', calls: [{ decisionId: 'd-1' }] });
  const unknown = await get("x'%3B%20DROP%20TABLE%00");
  t.equal(unknown.statusCode, 404);
  t.equal(asked.at(-1), "x'; DROP TABLE\0");
  t.match(unknown.json(), { code: 'unknown-call' });
  const down = await get('down');
  t.equal(down.statusCode, 503);
  t.equal(down.headers['retry-after'], '5');
  t.notMatch(down.body, /secret-host/);
  const broken = await get('broken');
  t.equal(broken.statusCode, 500);
  t.notMatch(broken.body, /stack/);
});
