import t from 'tap';
import type { Test } from 'tap';
import { identifyApi, tokenAuthenticator } from '../../src/console/index.js';
import type { IdentifyQuery, IdentifyResult } from '../../src/console/index.js';
import { openHttpServer } from '../support/http-server.js';

const token = 'a-token-of-sixteen-characters';
const query: IdentifyQuery = { partner: 'acme', account: '98761234', secret: '471147', agent: 'jo' };

async function serve(t: Test) {
  const asked: IdentifyQuery[] = [];
  let answer: IdentifyResult = { kind: 'unknown-account' };
  const server = await openHttpServer(t, {
    areas: [
      identifyApi({
        identify: (one) => {
          asked.push(one);
          return Promise.resolve(answer);
        },
      }),
    ],
    authenticators: [tokenAuthenticator(token)],
  });
  const ask = async (body: unknown, bearer = token) => {
    const response = await fetch(`http://127.0.0.1:${server.port}/v1/identify`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const { status, headers } = response;
    return { status, retryAfter: headers.get('retry-after'), body: await response.json() };
  };
  return { asked, ask, tell: (one: IdentifyResult) => (answer = one) };
}

t.test('every answer has its status', async (t) => {
  const { asked, ask, tell } = await serve(t);
  const pairs = { customerRef: 'A1', offerCode: 'ACME-PLATINUM', offerUrl: 'https://x.example/p' };
  tell({ kind: 'identified', match: 'person', reason: 'offer', pairs });
  t.strictSame(await ask(query), {
    status: 200,
    retryAfter: null,
    body: { match: 'person', reason: 'offer', ...pairs },
  });
  t.strictSame(asked, [query]);
  const { secret: _, ...without } = query;
  tell({ kind: 'identified', match: 'account', reason: 'no-secret', pairs: {} });
  t.strictSame((await ask(without)).body, { match: 'account', reason: 'no-secret' });
  t.strictSame(asked[1], without);
  for (const [result, status, retryAfter] of [
    [{ kind: 'unknown-account' }, 404, null],
    [{ kind: 'account-closed' }, 404, null],
    [{ kind: 'too-many-tries', retryAfterSeconds: 840 }, 429, '840'],
    [{ kind: 'unavailable', message: 'the records database does not answer' }, 503, '5'],
  ] as const) {
    tell(result);
    const answer = await ask(query);
    t.match(answer, { status, retryAfter, body: { code: result.kind, message: /\w/ } }, result.kind);
  }
});

t.test('what is no question is refused, and nobody is looked up', async (t) => {
  const { asked, ask } = await serve(t);
  for (const [what, body, status, code] of [
    ['no account', { ...query, account: undefined }, 400, 'bad-request'],
    ['no agent', { ...query, agent: '' }, 400, 'bad-request'],
    ['a number', { ...query, account: 98761234 }, 400, 'bad-request'],
    ['something more', { ...query, caller: '+1' }, 400, 'bad-request'],
    ['no JSON', '{"partner"', 400, 'bad-request'],
    ['1 MB', { ...query, secret: 'x'.repeat(1_000_000) }, 413, 'bad-request'],
    ['SQL', { ...query, account: `' OR 1=1 --` }, 422, 'bad-account'],
    ['too many digits', { ...query, account: '1'.repeat(33) }, 422, 'bad-account'],
  ] as const) {
    const answer = await ask(body);
    t.match(answer, { status, body: { code } }, what);
    t.notMatch(JSON.stringify(answer.body), /98761234|471147/, 'nothing is told back');
  }
  t.equal((await ask(query, 'wrong')).status, 401);
  t.strictSame(asked, []);
});
