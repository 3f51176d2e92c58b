import t from 'tap';
import type {
  AlertResult,
  AlertView,
  DispositionResult,
  DispositionView,
  RecordsOperations,
} from '../../src/console/index.js';
import { AppError } from '../../src/kernel/index.js';
import { serveRecords } from '../support/records-client.js';

const disposition: DispositionView = {
  decisionId: 'd-1',
  offer: 'PLATINUM',
  revision: 1,
  code: 'callback',
  outcome: 'callback',
  callbackAt: Date.UTC(2026, 10, 27, 14),
  source: 'agent',
  agent: '1001',
  at: Date.UTC(2026, 10, 26, 10),
  recordedAt: Date.UTC(2026, 10, 26, 10),
};
const alert: AlertView = {
  partner: 'acme',
  alert: 'a1',
  account: '1001',
  severity: 'critical',
  openedAt: Date.UTC(2026, 10, 26),
};

class Operations implements RecordsOperations {
  result: DispositionResult = { kind: 'recorded', disposition };
  alertResult: AlertResult = { kind: 'opened', alert };
  failure: Error | undefined;
  readonly asked: unknown[] = [];

  recordDisposition = (...asked: unknown[]) => this.#answer(asked, this.result);
  dispositionsOf = (id: string) => this.#answer([id], id === 'd-1' ? [disposition] : undefined);
  openDispositions = (of: unknown) => this.#answer([of], []);
  dispositionCodes = (partner: string) => this.#answer([partner], partner === 'acme' ? [] : undefined);
  openAlert = (given: unknown) => this.#answer([given], this.alertResult);
  closeAlert = (...asked: unknown[]) => this.#answer(asked, this.alertResult);
  alerts = (of: unknown) => this.#answer([of], [alert]);

  #answer<T>(asked: unknown, result: T): Promise<T> {
    this.asked.push(asked);
    return this.failure === undefined ? Promise.resolve(result) : Promise.reject(this.failure);
  }
}

const body = { decisionId: 'd-1', offer: 'PLATINUM', code: 'declined' };

t.test('a disposition is recorded, corrected and read', async (t) => {
  const operations = new Operations();
  const ask = await serveRecords(t, operations);
  const full = { ...body, note: 'line\nnext', callbackAt: '2026-11-27T15:00:00+01:00', agent: 'east/1001' };
  const recorded = await ask('POST', '/v1/dispositions', full);
  t.equal(recorded.status, 201);
  t.match(recorded.body, {
    kind: 'recorded',
    disposition: { callbackAt: '2026-11-27T14:00:00.000Z', at: '2026-11-26T10:00:00.000Z' },
  });
  t.same(operations.asked, [[{ ...full, callbackAt: Date.UTC(2026, 10, 27, 14) }, false]]);
  operations.result = { kind: 'unchanged', disposition };
  t.equal((await ask('POST', '/v1/dispositions', body)).status, 200);
  operations.result = { kind: 'recorded', disposition };
  t.equal((await ask('PUT', '/v1/dispositions/d-1/PLATINUM', { code: 'accepted' })).status, 200);
  t.match(operations.asked[2], [{ decisionId: 'd-1', offer: 'PLATINUM', code: 'accepted' }, true]);
  t.match((await ask('GET', '/v1/dispositions/d-1')).body, { dispositions: [{ code: 'callback' }] });
  t.match(await ask('GET', '/v1/dispositions/d-2'), { status: 404, body: { code: 'unknown-call' } });
  t.same((await ask('GET', '/v1/dispositions?agent=1001&open=true')).body, { open: [] });
  t.same((await ask('GET', '/v1/partners/acme/disposition-codes')).body, { partner: 'acme', codes: [] });
  t.match(await ask('GET', '/v1/partners/x/disposition-codes'), {
    status: 404,
    body: { code: 'unknown-partner' },
  });
});

t.test('a note of 4000 characters is taken in every script, escaped or not', async (t) => {
  const operations = new Operations();
  const ask = await serveRecords(t, operations);
  for (const character of ['é', '話', '\n']) {
    const note = character.repeat(4000);
    t.equal((await ask('POST', '/v1/dispositions', { ...body, note })).status, 201, character);
    const escaped = `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`.repeat(4000);
    const text = `${JSON.stringify(body).slice(0, -1)},"note":"${escaped}"}`;
    t.equal((await ask('POST', '/v1/dispositions', text)).status, 201, `${character} escaped`);
  }
});

t.test('every refusal has its status, code and words', async (t) => {
  const operations = new Operations();
  const ask = await serveRecords(t, operations);
  const plain = (
    kind: Exclude<DispositionResult, { disposition: unknown } | { codes: unknown }>['kind'],
  ) => ({ kind });
  const cases: readonly (readonly [DispositionResult, number])[] = [
    [plain('unknown-call'), 404],
    [plain('not-your-call'), 403],
    [plain('not-presented'), 409],
    [{ kind: 'already-recorded', disposition }, 409],
    [plain('unknown-offer'), 422],
    [{ kind: 'unknown-code', codes: ['accepted', 'declined'] }, 422],
    [plain('retired-code'), 422],
    [plain('note-required'), 422],
    [plain('note-too-long'), 422],
    [plain('callback-time-required'), 422],
    [plain('callback-time-past'), 422],
    [plain('callback-time-too-far'), 422],
    [plain('callback-time-unwanted'), 422],
  ];
  for (const [result, status] of cases) {
    operations.result = result;
    for (const [method, path, given] of [
      ['POST', '/v1/dispositions', body],
      ['PUT', '/v1/dispositions/d-1/PLATINUM', { code: 'x' }],
    ] as const) {
      const answer = await ask(method, path, given);
      t.equal(answer.status, status, result.kind);
      t.match(answer.body, { code: result.kind, message: /./ });
    }
  }
  operations.result = { kind: 'unknown-code', codes: ['accepted', 'declined'] };
  t.match((await ask('POST', '/v1/dispositions', body)).body, {
    message: 'code: must be one of accepted, declined',
  });
  operations.result = { kind: 'already-recorded', disposition };
  t.match((await ask('POST', '/v1/dispositions', body)).body, {
    message: /PUT/,
    disposition: { code: 'callback' },
  });
});

t.test('what has the wrong shape is refused by the name of the field, and nothing is done', async (t) => {
  const operations = new Operations();
  const ask = await serveRecords(t, operations);
  const megabyte = 'x'.repeat(1_000_000);
  const bodies: readonly (readonly [unknown, number, string | undefined])[] = [
    ['{', 400, undefined],
    ['[]', 400, undefined],
    ['null', 400, undefined],
    ['"text"', 400, undefined],
    [{}, 400, 'decisionId'],
    [{ ...body, code: undefined }, 400, 'code'],
    [{ ...body, extra: 1 }, 400, 'extra'],
    [{ ...body, code: 7 }, 400, 'code'],
    [{ ...body, code: ['declined'] }, 400, 'code'],
    [{ ...body, offer: '' }, 400, 'offer'],
    [{ ...body, offer: 'x'.repeat(65) }, 400, 'offer'],
    [{ ...body, note: 'x'.repeat(4001) }, 400, 'note'],
    [{ ...body, note: 'a\0b' }, 400, 'note'],
    [{ ...body, decisionId: '\0' }, 400, 'decisionId'],
    [{ ...body, note: { toString: 'x' } }, 400, 'note'],
    ['{"decisionId":"d-1","offer":"PLATINUM","code":"x","note":"\\ud800"}', 400, 'note'],
    ['{"decisionId":1e999,"offer":"PLATINUM","code":"x"}', 400, 'decisionId'],
    ['{"__proto__":{"code":"x"},"decisionId":"d-1"}', 400, undefined],
    [{ ...body, callbackAt: 1e20 }, 400, 'callbackAt'],
    [{ ...body, callbackAt: 'tomorrow' }, 400, 'callbackAt'],
    [{ ...body, callbackAt: '2026-02-30T10:00:00Z' }, 400, 'callbackAt'],
    [{ ...body, callbackAt: '2026-11-27T25:00:00Z' }, 400, 'callbackAt'],
    [{ ...body, callbackAt: '2026-11-27T15:00:00' }, 400, 'callbackAt'],
    [{ ...body, callbackAt: '0000-00-00T00:00:00Z' }, 400, 'callbackAt'],
    [{ ...body, callbackAt: 'infinity' }, 400, 'callbackAt'],
    [{ ...body, note: megabyte }, 413, undefined],
    [megabyte, 413, undefined],
  ];
  for (const [given, status, field] of bodies) {
    const answer = await ask('POST', '/v1/dispositions', given);
    const name = typeof given === 'string' ? given.slice(0, 60) : JSON.stringify(given).slice(0, 120);
    t.equal(answer.status, status, name);
    t.match(answer.body, { code: status === 413 ? 'body-too-large' : 'bad-request', message: /./ }, name);
    if (field !== undefined) t.equal(answer.body['field'], field, name);
  }
  const paths: readonly (readonly [string, string, unknown, string])[] = [
    ['GET', '/v1/dispositions', undefined, 'open'],
    ['GET', '/v1/dispositions?open=false', undefined, 'open'],
    ['GET', '/v1/dispositions?open=true&agent=a&agent=b', undefined, 'agent'],
    ['GET', '/v1/dispositions?open=true&x=1', undefined, 'x'],
    ['GET', '/v1/dispositions/%00', undefined, 'decisionId'],
    ['PUT', '/v1/dispositions/d-1/a%00', { code: 'x' }, 'offer'],
    ['PUT', '/v1/dispositions/d-1/PLATINUM', { code: 'x', decisionId: 'd-2' }, 'decisionId'],
    ['GET', '/v1/service-alerts', undefined, 'partner'],
    ['POST', '/v1/service-alerts', { ...alert, openedAt: undefined, severity: 'huge' }, 'severity'],
    ['POST', '/v1/service-alerts', { partner: 'acme', alert: 'a' }, 'account'],
    ['POST', '/v1/service-alerts', { partner: 'acme', alert: 'a', account: 1001 }, 'account'],
    ['POST', '/v1/service-alerts/acme/a/close', { closedAt: 'now' }, 'closedAt'],
    ['POST', '/v1/service-alerts/acme/a/close', { closedAt: 5 }, 'closedAt'],
  ];
  for (const [method, path, given, field] of paths) {
    const answer = await ask(method, path, given);
    t.equal(answer.status, 400, path);
    t.match(answer.body, { code: 'bad-request', field }, path);
  }
  t.same(operations.asked, []);
  t.equal((await ask('GET', `/v1/partners/${'x'.repeat(200)}/disposition-codes`)).status, 404);
  t.equal((await ask('GET', `/v1/partners/${'x'.repeat(1601)}/disposition-codes`)).status, 414);
  t.match(await ask('GET', '/v1/nothing'), { status: 404, body: { code: 'not-found' } });
});

t.test('a database that is down is said to be, with Retry-After', async (t) => {
  const operations = new Operations();
  const ask = await serveRecords(t, operations);
  operations.failure = new AppError('RECORDS_UNAVAILABLE', 'the database at secret-host is down');
  const requests: readonly (readonly [string, string, unknown?])[] = [
    ['POST', '/v1/dispositions', body],
    ['PUT', '/v1/dispositions/d-1/PLATINUM', { code: 'x' }],
    ['GET', '/v1/dispositions/d-1'],
    ['GET', '/v1/dispositions?open=true'],
    ['GET', '/v1/partners/acme/disposition-codes'],
    ['POST', '/v1/service-alerts', { partner: 'acme', alert: 'a', account: '1' }],
    ['POST', '/v1/service-alerts/acme/a/close'],
    ['DELETE', '/v1/service-alerts/acme/a'],
    ['GET', '/v1/service-alerts?partner=acme'],
  ];
  for (const [method, path, given] of requests) {
    const answer = await ask(method, path, given);
    t.equal(answer.status, 503, path);
    t.equal(answer.headers.get('retry-after'), '5');
    t.match(answer.body, { code: 'records-unavailable' });
    t.notMatch(JSON.stringify(answer.body), /secret/);
  }
  operations.failure = new Error('secret detail');
  const answer = await ask('POST', '/v1/dispositions', body);
  t.equal(answer.status, 500);
  t.notMatch(JSON.stringify(answer.body), /secret/);
  t.equal((await ask('POST', '/v1/dispositions', body, 'wrong')).status, 401);
});

t.test('alerts are opened, closed and listed', async (t) => {
  const operations = new Operations();
  const ask = await serveRecords(t, operations);
  const given = { partner: 'acme', alert: 'a1', account: '1001' };
  t.match(await ask('POST', '/v1/service-alerts', { ...given, openedAt: '2026-11-26T00:00Z' }), {
    status: 201,
    body: { kind: 'opened', alert: { ...given, openedAt: '2026-11-26T00:00:00.000Z' } },
  });
  operations.alertResult = { kind: 'closed', alert: { ...alert, closedAt: alert.openedAt } };
  t.equal((await ask('POST', '/v1/service-alerts/acme/a1/close')).status, 200);
  t.equal((await ask('DELETE', '/v1/service-alerts/acme/a1')).status, 200);
  const before = operations.asked.length;
  t.equal(
    (await ask('POST', '/v1/service-alerts/acme/a1/close', '')).status,
    200,
    'JSON announced, none sent',
  );
  operations.asked.length = before;
  t.match(await ask('GET', '/v1/service-alerts?partner=acme&account=1001&open=true'), {
    status: 200,
    body: { alerts: [{ alert: 'a1' }] },
  });
  t.match(operations.asked, [
    [{ ...given, openedAt: alert.openedAt }],
    ['acme', 'a1', undefined],
    ['acme', 'a1', undefined],
    [{ partner: 'acme', account: '1001', isOpen: true }],
  ]);
  const refusals = [
    ['unknown-partner', 404],
    ['unknown-account', 404],
    ['unknown-alert', 404],
    ['unknown-offer', 422],
    ['not-a-service-offer', 422],
    ['other-account', 409],
  ] as const;
  for (const [kind, status] of refusals) {
    operations.alertResult = { kind };
    t.match(await ask('POST', '/v1/service-alerts', given), { status, body: { code: kind, message: /./ } });
  }
  operations.alertResult = { kind: 'closed-before-opened', alert };
  t.match(await ask('DELETE', '/v1/service-alerts/acme/a1'), {
    status: 422,
    body: { code: 'closed-before-opened' },
  });
});
