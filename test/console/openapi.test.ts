// The document of the API tells of every route, and the schemas that it is made from take nothing away from answers.
import t from 'tap';
import { decisionsApi, identifyApi, liveApi, recordsApi } from '../../src/console/index.js';
import type { Identification, LiveOperations, RecordsOperations } from '../../src/console/index.js';
import { openHttpServer } from '../support/http-server.js';
import { hasWordsForEveryRoute, operationsOf } from '../support/api-document.js';
import type { ApiDocument } from '../support/api-document.js';

/** A field that no schema knows: of a version that is newer than it. */
const later = { later: [{ a: 1 }], none: null };
const at = Date.UTC(2026, 10, 26);
const time = new Date(at).toISOString();

const centre = {
  centre: 'east',
  feed: 'silent',
  reason: 'no heartbeat',
  ageMs: 12,
  isUp: undefined,
  ...later,
};
const queue = {
  destination: 'east/sales',
  kind: 'queue' as const,
  isDraining: false,
  servers: 2,
  freeServers: undefined,
  membersWaiting: 3,
  longestWaitMs: 1,
  expectedWaitSeconds: null,
  serviceLevel: 0.75,
  readingAgeMs: 7,
  ...later,
};
const agent = {
  centre: 'east',
  agent: '1001',
  status: 'On Break',
  state: 'Waiting',
  isFree: false,
  sinceMs: 9,
  tiers: [{ queue: 'sales', level: 1, position: 2 }],
  ...later,
};
const call = {
  decisionId: 'd-1',
  partner: 'acme',
  customer: undefined,
  offer: 'GOLD',
  presented: ['TRAVEL:declined'],
  centre: 'east',
  queue: 'sales',
  agent: undefined,
  state: 'waiting',
  sinceMs: 5,
  ...later,
};
const disposition = {
  decisionId: 'd-1',
  offer: 'GOLD',
  revision: 2,
  code: 'SOLD',
  outcome: 'accepted',
  note: 'likes it',
  source: 'agent',
  value: 12.5,
  at,
  recordedAt: at,
};
const open = {
  decisionId: 'd-1',
  offer: 'GOLD',
  presentation: 'gold-desk',
  partner: 'acme',
  centre: null,
  queue: 'sales',
  agent: null,
  confirmedAt: at,
  endedAt: null,
};
const code = {
  code: 'SOLD',
  name: 'Sold',
  outcome: 'accepted',
  requiresNote: false,
  coolOffDays: null,
  countsAsAccepted: true,
  ...later,
};
const alert = { partner: 'acme', alert: 'a1', account: '77', severity: 'major', openedAt: at };
const story = { contact: { decisionId: 'd-1', at: null }, attempts: [{ n: 1 }], empty: [], none: undefined };
const pairs = { offerCode: 'GOLD', offerUrl: 'https://offers.example.com/gold' };

const live = {
  centres: () => [centre],
  seenBy: () => () => true,
  queues: () => [queue],
  agents: () => [agent],
  calls: () => [call],
  call: () => call,
  route: () => Promise.resolve({ kind: 'routed', destination: 'east/sales', offer: 'GOLD' }),
  setAgentStatus: () => Promise.resolve({ kind: 'done', ...later }),
} as unknown as LiveOperations;
const records = {
  recordDisposition: (_given: unknown, isCorrection: boolean) =>
    Promise.resolve(
      isCorrection ? { kind: 'unknown-code', codes: ['SOLD'] } : { kind: 'already-recorded', disposition },
    ),
  dispositionsOf: () => Promise.resolve([disposition]),
  openDispositions: () => Promise.resolve([open]),
  dispositionCodes: () => Promise.resolve([code]),
  openAlert: () => Promise.resolve({ kind: 'opened', alert }),
  closeAlert: () => Promise.resolve({ kind: 'closed', alert: { ...alert, closedAt: at } }),
  alerts: () => Promise.resolve([alert]),
} as unknown as RecordsOperations;
const identification = {
  identify: () => Promise.resolve({ kind: 'identified', match: 'person', reason: 'offer', pairs }),
} as unknown as Identification;

const shown = { ...disposition, at: time, recordedAt: time };
const shownAlert = { ...alert, openedAt: time };
const answers: readonly (readonly [method: string, path: string, body: unknown, answer: unknown])[] = [
  ['GET', '/v1/centres', undefined, { centres: [centre] }],
  ['GET', '/v1/queues', undefined, { queues: [queue] }],
  ['GET', '/v1/agents', undefined, { agents: [agent] }],
  ['GET', '/v1/calls', undefined, { calls: [call] }],
  ['GET', '/v1/calls/d-1', undefined, call],
  [
    'POST',
    '/v1/calls/d-1/route',
    { offer: 'GOLD' },
    { kind: 'routed', destination: 'east/sales', offer: 'GOLD' },
  ],
  ['PUT', '/v1/agents/east/1001/status', { status: 'Available' }, { kind: 'done', ...later }],
  [
    'POST',
    '/v1/dispositions',
    { decisionId: 'd-1', offer: 'GOLD', code: 'SOLD' },
    { code: 'already-recorded', message: String, disposition: shown },
  ],
  [
    'PUT',
    '/v1/dispositions/d-1/GOLD',
    { code: 'NO' },
    { code: 'unknown-code', message: String, codes: ['SOLD'] },
  ],
  ['GET', '/v1/dispositions/d-1', undefined, { dispositions: [shown] }],
  ['GET', '/v1/dispositions?open=true', undefined, { open: [{ ...open, confirmedAt: time }] }],
  ['GET', '/v1/partners/acme/disposition-codes', undefined, { partner: 'acme', codes: [code] }],
  [
    'POST',
    '/v1/service-alerts',
    { partner: 'acme', alert: 'a1', account: '77' },
    { kind: 'opened', alert: shownAlert },
  ],
  [
    'DELETE',
    '/v1/service-alerts/acme/a1',
    undefined,
    { kind: 'closed', alert: { ...shownAlert, closedAt: time } },
  ],
  ['GET', '/v1/service-alerts?partner=acme', undefined, { alerts: [shownAlert] }],
  ['GET', '/v1/decisions/d-1', undefined, story],
  [
    'POST',
    '/v1/identify',
    { partner: 'acme', account: '77', agent: '1001' },
    { match: 'person', reason: 'offer', ...pairs },
  ],
];

t.test('the API and its document', async (t) => {
  const server = await openHttpServer(t, {
    areas: [
      liveApi(live),
      recordsApi(records),
      decisionsApi({ story: () => Promise.resolve({ kind: 'story', story }) }),
      identifyApi(identification),
    ],
    authenticators: [{ authenticate: () => ({ kind: 'principal', principal: { kind: 'token' } }) }],
  });
  const base = `http://127.0.0.1:${server.port}`;

  t.test('answers keep all that they are given', async (t) => {
    for (const [method, path, body, answer] of answers) {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const got = (await response.json()) as Record<string, unknown>;
      const wanted = JSON.parse(JSON.stringify(answer)) as Record<string, unknown>;
      if (typeof (answer as { message?: unknown }).message === 'function') wanted['message'] = got['message'];
      t.same(got, wanted, `${method} ${path}`);
    }
  });

  t.test('the document tells of every route, and who may use it', async (t) => {
    const document = (await (await fetch(`${base}/docs/json`)).json()) as ApiDocument;
    t.equal(document.openapi, '3.1.0');
    hasWordsForEveryRoute(t, document);
    const operations = operationsOf(document);
    t.equal(operations.size, answers.length + 1);
    t.match(operations.get('GET /v1/calls'), {
      description: 'For supervisor, admin.',
      security: [{ session: [] }, { token: [] }],
      responses: { 200: {}, 401: {}, 403: {}, 429: {} },
    });
  });
});
