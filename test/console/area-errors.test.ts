// What areas answer when the records are down, and to text that no database stores.
import t from 'tap';
import { callsApi } from '../../src/console/board/calls-api.js';
import type { CallHistory } from '../../src/console/board/calls-api.js';
import { liveApi } from '../../src/console/live-api.js';
import type { LiveOperations } from '../../src/console/live-operations.js';
import { AppError } from '../../src/kernel/index.js';
import { serveAreas } from '../support/console-client.js';
import { supervisor } from '../support/console-stage.js';

const down = () => Promise.reject(new AppError('RECORDS_UNAVAILABLE', 'where it is, and why'));
const waiting = { decisionId: 'd-1', partner: 'acme', centre: 'east', queue: 'sales', state: 'waiting' };
const live = { call: () => waiting } as unknown as LiveOperations;
const history = { list: down, ladder: down } as unknown as CallHistory;
const agent = { ...supervisor, role: 'agent', centreAgents: ['east/1001'] } as const;

t.test('a part that is down is a 503 with the time to come again, never an error inside', async (t) => {
  const ask = await serveAreas(t, [liveApi(live, { partiesOf: down }), callsApi(history)]);
  for (const [person, method, path, body] of [
    [agent, 'GET', '/calls/d-1', undefined],
    [agent, 'POST', '/calls/d-1/route', { queue: 'east/sales' }],
    [supervisor, 'GET', '/calls/history', undefined],
    [supervisor, 'GET', '/calls/d-1/ladder', undefined],
  ] as const) {
    const answer = await ask(person, method, path, body);
    t.match(answer, { status: 503, body: { code: 'records-unavailable' } }, path);
    t.equal(answer.headers.get('retry-after'), '5');
    t.notMatch(JSON.stringify(answer.body), 'where it is');
  }
});

t.test('what no database stores is refused before it is asked, with its field once', async (t) => {
  const ask = await serveAreas(t, [callsApi(history)]);
  for (const [path, message] of [
    ['/calls/a%00b/ladder', /^id: must not contain/],
    ['/calls/history?offer=a%00', /^offer: must not contain/],
    ['/calls/history?limit=0', /^limit: must be a whole number/],
  ] as const)
    t.match(await ask(supervisor, 'GET', path), { status: 400, body: { code: 'bad-request', message } });
});

t.test('nobody on the way keeps an answer of the API, whatever it says', async (t) => {
  const found = { list: () => Promise.resolve([]), ladder: down } as unknown as CallHistory;
  const ask = await serveAreas(t, [callsApi(found)]);
  for (const [person, path, status] of [
    [supervisor, '/calls/history', 200],
    [supervisor, '/calls/d-1/ladder', 503],
    [agent, '/calls/history', 403],
    [undefined, '/calls/history', 401],
  ] as const) {
    const answer = await ask(person, 'GET', path);
    t.equal(answer.status, status);
    t.equal(answer.headers.get('cache-control'), 'no-store', `${status}`);
  }
});
