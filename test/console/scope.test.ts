// What people see of calls by role and partner: agents those that are or were theirs, others those of their partners.
import t from 'tap';
import type { Test } from 'tap';
import type { CallOwners } from '../../src/console/access/call-access.js';
import type { Principal, Role } from '../../src/console/access/principal.js';
import { decisionsApi } from '../../src/console/decisions-api.js';
import { identifyApi } from '../../src/console/identify-api.js';
import { liveApi } from '../../src/console/live-api.js';
import type {
  AgentView,
  CentreView,
  LiveCallView,
  LiveOperations,
  QueueView,
} from '../../src/console/live-operations.js';
import { recordsApi } from '../../src/console/records-api.js';
import type { OpenDispositionView, RecordsOperations } from '../../src/console/records-operations.js';
import { openHttpServer } from '../support/http-server.js';

const call = (decisionId: string, partner: string, agent?: string): LiveCallView => ({
  decisionId,
  partner,
  customer: undefined,
  offer: undefined,
  presented: [],
  centre: 'east',
  queue: 'sales',
  agent,
  state: agent === undefined ? 'waiting' : 'talking',
  sinceMs: 0,
});

const agentOf = (centre: string, queue: string): AgentView => ({
  ...{ centre, agent: '1009', status: 'Available', state: 'Waiting', isFree: true, sinceMs: 0 },
  tiers: [{ queue, level: 1, position: 1 }],
});
const unknown = undefined;
const queueOf = (destination: string): QueueView => ({
  ...{ destination, kind: 'queue', isDraining: false, servers: 1, freeServers: 1, membersWaiting: 0 },
  ...{ longestWaitMs: unknown, expectedWaitSeconds: 0, serviceLevel: unknown, readingAgeMs: 1 },
});

/** Of agent 1001 now; of 1001 before, at nobody's phone; of 1001 before, at 1002's; of 1002; of another partner. */
const calls = [
  call('now', 'acme', '1001'),
  call('before', 'acme'),
  call('moved-on', 'acme', '1002'),
  call('of-others', 'acme', '1003'),
  call('foreign', 'borealis', '1004'),
];
const hadBefore = new Set(['now', 'before', 'moved-on']);
const owners: CallOwners = {
  partiesOf: (id, agents) => {
    const found = calls.find(({ decisionId }) => decisionId === id);
    const isTheirs = hadBefore.has(id) && agents.includes('east/1001');
    return Promise.resolve(found && { partner: found.partner, isTheirs });
  },
};

const person = (role: Role, partners: readonly string[] = ['acme']): Principal => ({
  kind: 'person',
  agent: 'anna',
  name: 'Anna',
  role,
  partners,
  centreAgents: role === 'agent' ? ['east/1001'] : [],
  session: 's',
});

async function serve(t: Test, principal: Principal) {
  const done: unknown[] = [];
  const audited: unknown[] = [];
  const note =
    <T>(answer: T) =>
    (...what: unknown[]) => {
      done.push(what);
      return Promise.resolve(answer);
    };
  const live: LiveOperations = {
    centres: () =>
      ['east', 'west'].map((centre): CentreView => ({
        centre,
        feed: 'live',
        reason: unknown,
        ageMs: 1,
        isUp: true,
      })),
    queues: () => ['east/sales', 'west/other'].map(queueOf),
    seenBy: (partners) => (destination) =>
      partners?.includes('acme') !== true || destination === 'east/sales',
    agents: () => [agentOf('east', 'sales'), agentOf('west', 'other')],
    calls: () => calls,
    call: (id) => calls.find(({ decisionId }) => decisionId === id),
    route: note({ kind: 'routed', destination: 'east/service', offer: undefined } as const),
    setAgentStatus: note({ kind: 'done' } as const),
  };
  const records: RecordsOperations = {
    recordDisposition: note({ kind: 'not-presented' } as const),
    dispositionsOf: note([]),
    openDispositions: (of) => {
      done.push(of);
      const one = (confirmedAt: number): OpenDispositionView => ({
        decisionId: 'd',
        offer: 'GOLD',
        presentation: 'gold-desk',
        partner: of.partner ?? 'acme',
        centre: null,
        queue: null,
        agent: of.agent ?? null,
        confirmedAt,
        endedAt: null,
      });
      return Promise.resolve([one(of.partner === 'acme' ? 2 : 1)]);
    },
    dispositionCodes: note([]),
    openAlert: note({ kind: 'unknown-account' } as const),
    closeAlert: note({ kind: 'unknown-alert' } as const),
    alerts: note([]),
  };
  const server = await openHttpServer(t, {
    areas: [
      liveApi(live, owners, {
        write: async (...line) => {
          audited.push(line);
          throw new Error('the database is down');
        },
      }),
      recordsApi(records, owners),
      identifyApi({ identify: note({ kind: 'account-closed' } as const) }),
      decisionsApi(
        {
          story: (id) =>
            Promise.resolve(
              id === 'several'
                ? { kind: 'several', calls: calls.map(({ decisionId }) => ({ decisionId })) }
                : { kind: 'story', story: { contact: { decisionId: id } } },
            ),
        },
        owners,
      ),
    ],
    authenticators: [{ authenticate: () => ({ kind: 'principal', principal }) }],
  });
  return async (method: string, path: string, body?: unknown) => {
    done.length = 0;
    const response = await fetch(`http://127.0.0.1:${server.port}/v1${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return {
      status: response.status,
      body: (await response.json()) as Record<string, unknown>,
      done: [...done],
      audited: audited.splice(0),
    };
  };
}

type Ask = Awaited<ReturnType<typeof serve>>;
const statuses = async (ask: Ask, method: string, path: (id: string) => string, body?: unknown) =>
  Promise.all(calls.map(async ({ decisionId }) => (await ask(method, path(decisionId), body)).status));

t.test('an agent sees and sends elsewhere what is or was theirs', async (t) => {
  const ask = await serve(t, person('agent'));
  t.strictSame(await statuses(ask, 'GET', (id) => `/calls/${id}`), [200, 200, 200, 404, 404]);
  t.strictSame(await statuses(ask, 'GET', (id) => `/decisions/${id}`), [200, 200, 200, 404, 404]);
  t.strictSame(await statuses(ask, 'GET', (id) => `/dispositions/${id}`), [200, 200, 200, 404, 404]);
  const target = { queue: 'east/service' };
  // Not from another agent's phone.
  t.strictSame(await statuses(ask, 'POST', (id) => `/calls/${id}/route`, target), [200, 200, 404, 404, 404]);
  t.match((await ask('GET', '/decisions/several')).body, {
    calls: [{ decisionId: 'now' }, { decisionId: 'before' }, { decisionId: 'moved-on' }],
  });
  t.match(await ask('PUT', '/agents/east/1001/status', { status: 'On Break' }), {
    status: 200,
    audited: [['anna', 'agent-status-set', 'east/1001', { status: 'On Break' }]],
  });
  t.match(await ask('POST', '/calls/now/route', target), {
    status: 200,
    audited: [['anna', 'call-routed', 'now', target]],
  });
  for (const other of ['east/1002', 'west/1001'])
    t.match(await ask('PUT', `/agents/${other}/status`, { status: 'On Break' }), {
      status: 403,
      body: { code: 'not-yours' },
      done: [],
    });
});

t.test('an agent records and asks as themselves', async (t) => {
  const ask = await serve(t, person('agent'));
  const given = { offer: 'GOLD', code: 'accepted', agent: 'eve' };
  const as = { agent: 'anna', centreAgents: ['east/1001'] };
  t.match((await ask('POST', '/dispositions', { decisionId: 'now', ...given })).done, [[as, false]]);
  t.match((await ask('PUT', '/dispositions/before/GOLD', { code: 'accepted', agent: 'eve' })).done, [
    [as, true],
  ]);
  t.match(await ask('POST', '/dispositions', { decisionId: 'of-others', ...given }), {
    status: 404,
    done: [],
  });
  t.match((await ask('GET', '/dispositions?open=true&agent=eve')).done, [{ agent: 'anna', partner: 'acme' }]);
  t.match((await ask('POST', '/identify', { partner: 'acme', account: '1', agent: 'eve' })).done, [
    [{ agent: 'anna' }],
  ]);
  t.match(await ask('POST', '/identify', { partner: 'borealis', account: '1' }), {
    status: 404,
    body: { code: 'unknown-account' },
    done: [],
  });
});

t.test('a supervisor of one partner sees nothing of another', async (t) => {
  const ask = await serve(t, person('supervisor'));
  t.strictSame(await statuses(ask, 'GET', (id) => `/calls/${id}`), [200, 200, 200, 200, 404]);
  t.strictSame(await statuses(ask, 'GET', (id) => `/decisions/${id}`), [200, 200, 200, 200, 404]);
  t.strictSame(
    await statuses(ask, 'POST', (id) => `/calls/${id}/route`, { queue: 'a/b' }),
    [200, 200, 200, 200, 404],
  );
  t.equal(((await ask('GET', '/calls')).body['calls'] as unknown[]).length, 4);
  for (const [method, path, body] of [
    ['POST', '/dispositions', { decisionId: 'foreign', offer: 'GOLD', code: 'accepted' }],
    ['GET', '/partners/borealis/disposition-codes', undefined],
    ['POST', '/service-alerts', { partner: 'borealis', alert: 'a', account: '1' }],
    ['POST', '/service-alerts/borealis/a/close', {}],
    ['DELETE', '/service-alerts/borealis/a', undefined],
  ] as const)
    t.match(await ask(method, path, body), { status: 404, done: [] }, path);
  t.match(await ask('GET', '/service-alerts?partner=borealis'), { body: { alerts: [] }, done: [] });
  t.match(await ask('GET', '/dispositions?open=true&partner=borealis'), { body: { open: [] }, done: [] });
  t.match((await ask('GET', '/dispositions?open=true&agent=x')).done, [{ agent: 'x', partner: 'acme' }]);
});

t.test('queues, centres and agents are those that calls of the person’s partners may go to', async (t) => {
  const seen = async (ask: Ask) => {
    const [centres, queues] = await Promise.all([ask('GET', '/centres'), ask('GET', '/queues')]);
    return [
      (centres.body['centres'] as CentreView[]).map(({ centre }) => centre),
      (queues.body['queues'] as QueueView[]).map(({ destination }) => destination),
    ];
  };
  const agents = async (ask: Ask) =>
    ((await ask('GET', '/agents')).body['agents'] as AgentView[]).map(({ centre }) => centre);
  const one = await serve(t, person('supervisor'));
  t.strictSame(await seen(one), [['east'], ['east/sales']]);
  t.strictSame(await agents(one), ['east']);
  t.equal((await one('PUT', '/agents/east/1009/status', { status: 'On Break' })).status, 200);
  t.match(await one('PUT', '/agents/west/1009/status', { status: 'Logged Out' }), {
    status: 403,
    body: { code: 'not-yours' },
    done: [],
  });
  t.strictSame(await seen(await serve(t, person('agent'))), [['east'], ['east/sales']]);
  const all = await serve(t, person('supervisor', []));
  t.strictSame(await seen(all), [
    ['east', 'west'],
    ['east/sales', 'west/other'],
  ]);
  t.strictSame(await agents(all), ['east', 'west']);
  t.equal((await all('PUT', '/agents/west/1009/status', { status: 'On Break' })).status, 200);
});

t.test('of several partners the lists are one, oldest first; of all there is no limit', async (t) => {
  const two = await serve(t, person('supervisor', ['acme', 'borealis']));
  const { open } = (await two('GET', '/dispositions?open=true')).body as { open: { partner: string }[] };
  t.strictSame(
    open.map(({ partner }) => partner),
    ['borealis', 'acme'],
  );
  for (const all of [person('analyst', []), { kind: 'token' } as const]) {
    const ask = await serve(t, all);
    t.strictSame(await statuses(ask, 'GET', (id) => `/decisions/${id}`), [200, 200, 200, 200, 200]);
  }
});
