import t from 'tap';
import type { Test } from 'tap';
import type { Principal } from '../../../src/console/access/principal.js';
import { deskApi } from '../../../src/console/desk/desk-api.js';
import { ann, answered, DeskStage, ended, offered } from './desk-stage.js';
import { openHttpServer } from '../../support/http-server.js';

async function serve(t: Test, stage: DeskStage, principal: Principal = ann) {
  const server = await openHttpServer(t, {
    areas: [deskApi(stage.operations)],
    authenticators: [{ authenticate: () => ({ kind: 'principal', principal }) }],
  });
  return async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${server.port}/v1/desk${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as object) };
  };
}

t.test('what an agent asks of the desk', async (t) => {
  const stage = new DeskStage();
  const ask = await serve(t, stage);
  stage.hear(offered, answered);
  t.match(await ask('PUT', '/status', { status: 'On Break' }), {
    status: 202,
    body: { agents: [{ centre: 'east', agent: '1001', change: { kind: 'pending', status: 'On Break' } }] },
  });
  t.match(await ask('GET', '/undispositioned'), { status: 200, body: { open: [] } });
  t.match(await ask('GET', '/today'), { status: 503, body: { code: 'records-unavailable' } });
  stage.records.today = (_agent, since) =>
    Promise.resolve({
      since,
      calls: 1,
      talkSeconds: 60,
      averageHandlingSeconds: null,
      presented: 1,
      accepted: 0,
      declined: 0,
      callbacks: 0,
      undispositioned: 1,
    });
  t.match(await ask('GET', '/today'), { status: 200, body: { calls: 1, averageHandlingSeconds: null } });
  t.match(await ask('GET', '/calls/d-1/offers?language=es'), {
    status: 200,
    body: { offers: [{ offer: 'SAVER', kind: 'sales', presentations: [{ isReachable: true }] }, {}, {}, {}] },
  });
  t.match(await ask('POST', '/calls/d-1/presented', { offer: 'TRAVEL' }), { status: 204 });
  t.match(await ask('POST', '/calls/d-1/presented', { offer: 'PLATINUM' }), {
    status: 409,
    body: { code: 'not-entitled' },
  });
  t.match(await ask('DELETE', '/calls/d-1'), { status: 404, body: { code: 'unknown-call' } }, 'it talks');
  stage.hear(ended);
  t.match(await ask('DELETE', '/calls/d-1'), { status: 204 });
});

t.test('what does not fit is refused', async (t) => {
  const ask = await serve(t, new DeskStage());
  for (const [method, path, body, status] of [
    ['PUT', '/status', { status: 'Away' }, 400],
    ['PUT', '/status', undefined, 400],
    ['GET', '/calls/d-9/offers', undefined, 404],
    ['GET', '/calls/d-9/offers?language=xx', undefined, 400],
    ['POST', '/calls/d-9/presented', { offer: 'GOLD' }, 404],
    ['POST', '/calls/d-9/presented', {}, 400],
    ['DELETE', '/calls/d-9', undefined, 404],
  ] as const) {
    t.equal((await ask(method, path, body)).status, status, `${method} ${path}`);
  }
});

t.test('a desk belongs to a person', async (t) => {
  const token = await serve(t, new DeskStage(), { kind: 'token' });
  t.match(await token('GET', '/undispositioned'), { status: 409, body: { code: 'no-desk' } });
  const analyst = await serve(t, new DeskStage(), { ...ann, role: 'analyst' });
  t.equal((await analyst('GET', '/undispositioned')).status, 403);
  const nobody = await serve(t, new DeskStage(), { ...ann, centreAgents: [] });
  t.match(await nobody('PUT', '/status', { status: 'Available' }), {
    status: 409,
    body: { code: 'no-agents' },
  });
});
