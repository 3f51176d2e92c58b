// Who sees the SIP messages of a call.
import t from 'tap';
import type { Test } from 'tap';
import { traceApi } from '../../../src/console/index.js';
import type { Principal, TraceView } from '../../../src/console/index.js';
import { openHttpServer } from '../../support/http-server.js';

const person = (role: 'agent' | 'supervisor' | 'admin', partners: readonly string[] = []): Principal => ({
  kind: 'person',
  agent: 'alice',
  name: 'Alice',
  role,
  partners,
  centreAgents: ['east/alice'],
  session: 's',
});
const memory = {
  isOn: true,
  why: 'on',
  messages: 1,
  calls: 1,
  bytes: 1,
  keepBytes: 2,
  oldestSeconds: 0,
} as const;
const longCallId = `${'x'.repeat(300)}@example.com`;

async function serve(t: Test, principal: Principal) {
  const asked: (readonly [string, number])[] = [];
  const trace = (id: string, after: number): TraceView => {
    asked.push([id, after]);
    return {
      decisionId: 'd-1',
      callIds: ['a@x'],
      isMasked: true,
      dropped: 0,
      participants: [{ address: '192.0.2.1:5060', name: null, kind: 'peer' }],
      messages: [],
      last: 7,
      memory,
    };
  };
  const owners = {
    partiesOf: (id: string, agents: readonly string[]) =>
      Promise.resolve(
        id === 'd-1' ? { partner: 'acme', isTheirs: agents.includes('east/alice') } : undefined,
      ),
  };
  const server = await openHttpServer(t, {
    areas: [traceApi({ trace, list: () => ({ calls: [], memory }) }, owners)],
    authenticators: [{ authenticate: () => ({ kind: 'principal', principal }) }],
  });
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/v1/${path}`);
    return { status: answer.status, body: (await answer.json()) as Partial<TraceView> };
  };
  return { ask, asked };
}

t.test('the messages of a call are for who sees the call', async (t) => {
  for (const [principal, status] of [
    [person('agent'), 200],
    [person('supervisor', ['acme']), 200],
    [person('supervisor', ['borealis']), 404],
    [{ ...person('agent'), centreAgents: ['east/bob'] }, 404],
    [{ kind: 'token' }, 200],
  ] as const) {
    const { ask } = await serve(t, principal as Principal);
    t.equal((await ask('calls/d-1/messages')).status, status);
  }
  const { ask } = await serve(t, person('supervisor'));
  t.match((await ask('calls/d-1/messages')).body, { callIds: ['a@x'] });
  t.match(
    (await ask('calls/a@x/messages')).body,
    { decisionId: null, callIds: [], participants: [] },
    'not by a Call-ID, of which nobody knows whose it is',
  );
});

t.test('any Call-ID is for admins of all partners, however long it is', async (t) => {
  const { ask, asked } = await serve(t, person('admin'));
  t.equal((await ask(`sip/traces/${encodeURIComponent(`a/b?${longCallId}`)}?after=6`)).status, 200);
  t.strictSame(asked, [[`a/b?${longCallId}`, 6]]);
  t.equal((await ask('sip/traces?limit=20')).status, 200);
  for (const bad of [
    'sip/traces?limit=0',
    'sip/traces?limit=1000',
    'sip/traces/a?after=x',
    'sip/traces/a?b=c',
  ])
    t.equal((await ask(bad)).status, 400, bad);
  const limited = await serve(t, person('admin', ['acme']));
  t.equal((await limited.ask('sip/traces')).status, 403);
  t.equal((await limited.ask('sip/traces/a')).status, 403);
});
