// GET /v1/calls/history and /v1/calls/ID/ladder: pages, filters, and who sees what.
import t from 'tap';
import type { Test } from 'tap';
import { callsApi } from '../../../src/console/index.js';
import type {
  CallHistory,
  CallHistoryFilter,
  CallHistoryLine,
  Principal,
} from '../../../src/console/index.js';
import { AppError } from '../../../src/kernel/index.js';
import { openHttpServer } from '../../support/http-server.js';

const person = (role: 'agent' | 'supervisor', more: object = {}): Principal => ({
  kind: 'person',
  agent: 'alice',
  name: 'Alice',
  role,
  partners: [],
  centreAgents: ['east/alice'],
  session: 's',
  ...more,
});

const line = (minute: number): CallHistoryLine => ({
  decisionId: `d-${minute}`,
  callId: null,
  medium: 'call',
  startedAt: new Date(Date.UTC(2026, 10, 26, 10, minute)).toISOString(),
  partner: 'acme',
  caller: '********01',
  customer: null,
  arm: 'offer',
  offer: 'ACME-PLATINUM',
  reason: 'offer',
  result: 'success',
  outcomeReason: 'answered',
  destination: 'east/acme-sales',
  dispositions: [],
  seconds: null,
});

async function serve(t: Test, principal: Principal, history: Partial<CallHistory> = {}) {
  const filters: CallHistoryFilter[] = [];
  const server = await openHttpServer(t, {
    areas: [
      callsApi({
        list: (filter) => {
          filters.push(filter);
          const all = [5, 4, 3, 2, 1].map(line);
          const { before } = filter;
          const rest = before === undefined ? all : all.filter((one) => one.decisionId < before.decisionId);
          return Promise.resolve(rest.slice(0, filter.limit));
        },
        ladder: (id) =>
          Promise.resolve(
            id === 'd-1'
              ? {
                  kind: 'ladder' as const,
                  owners: { partner: 'acme', agents: [{ centre: 'east', agent: 'alice' }] },
                  ladder: { decisionId: id, lanes: [{ id: 'carrier', kind: 'trunk' as const }], rows: [] },
                }
              : { kind: 'unknown' as const },
          ),
        names: () => ({ partners: [], offers: [] }),
        ...history,
      }),
    ],
    authenticators: [{ authenticate: () => ({ kind: 'principal', principal }) }],
  });
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/v1/calls/${path}`);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  return { ask, filters };
}

t.test('pages follow one another by `next`', async (t) => {
  const { ask } = await serve(t, person('supervisor'));
  const ids = ({ body }: Awaited<ReturnType<typeof ask>>) =>
    (body['calls'] as readonly CallHistoryLine[]).map((call) => call.decisionId);
  const first = await ask('history?limit=3');
  t.strictSame(ids(first), ['d-5', 'd-4', 'd-3']);
  const second = await ask(`history?limit=3&before=${encodeURIComponent(String(first.body['next']))}`);
  t.strictSame(ids(second), ['d-2', 'd-1']);
  t.equal(second.body['next'], null);
});

t.test('what is asked for stays within the partners of the person', async (t) => {
  const { ask, filters } = await serve(t, person('supervisor', { partners: ['acme'] }));
  await ask('history?outcome=cancelled&from=2026-11-26T00:00:00Z');
  t.match(filters[0], { partners: ['acme'], outcome: 'cancelled', from: new Date(Date.UTC(2026, 10, 26)) });
  t.strictSame((await ask('history?partner=borealis')).body, { calls: [], next: null });
  t.equal(filters.length, 1, 'the database is not even asked');
});

t.test('bad input names its field', async (t) => {
  const { ask } = await serve(t, person('supervisor'));
  for (const [query, field] of [
    ['from=yesterday', 'from'],
    ['limit=1000', 'limit'],
    ['before=x', 'before'],
  ] as const) {
    const { status, body } = await ask(`history?${query}`);
    t.equal(status, 400, query);
    t.match(body, { code: 'bad-request', message: new RegExp(`^${field}: `) });
  }
  t.equal((await ask('history?colour=red')).status, 400);
});

t.test('an agent sees the ladder of an own call, and no list', async (t) => {
  const own = await serve(t, person('agent'));
  t.equal((await own.ask('d-1/ladder')).status, 200);
  t.equal((await own.ask('d-9/ladder')).status, 404);
  t.equal((await own.ask('history')).status, 403);
  const other = await serve(t, person('agent', { centreAgents: ['west/wanda'] }));
  t.match(await other.ask('d-1/ladder'), { status: 404, body: { code: 'unknown-call' } });
  const elsewhere = await serve(t, person('supervisor', { partners: ['borealis'] }));
  t.equal((await elsewhere.ask('d-1/ladder')).status, 404);
});

t.test('a database that is down is a 503', async (t) => {
  class Down extends AppError {
    constructor() {
      super('RECORDS_UNAVAILABLE', 'down');
    }
  }
  const { ask } = await serve(t, person('supervisor'), { list: () => Promise.reject(new Down()) });
  t.match(await ask('history'), { status: 503, body: { code: 'records-unavailable' } });
});
