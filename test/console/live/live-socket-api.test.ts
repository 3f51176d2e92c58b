import { once } from 'node:events';
import { Registry } from 'prom-client';
import t from 'tap';
import type { Test } from 'tap';
import { WebSocket } from 'ws';
import type { Principal } from '../../../src/console/access/principal.js';
import { observeHub } from '../../../src/console/live/hub-metrics.js';
import { LiveHub } from '../../../src/console/live/hub.js';
import { liveSocketApi } from '../../../src/console/live/live-socket-api.js';
import type { ServerMessage } from '../../../src/console/live/protocol.js';
import type { LiveTopic } from '../../../src/console/live/topic.js';
import { silentLogger, systemClock } from '../../../src/kernel/index.js';
import { waitUntil } from '../../support/child-process.js';
import { openHttpServer } from '../../support/http-server.js';
import { parseMetrics, sumOf } from '../../support/metrics-text.js';

const ann: Principal = {
  kind: 'person',
  agent: 'ann',
  name: 'Ann',
  role: 'agent',
  partners: [],
  centreAgents: [],
  session: 'session-1',
};
const desk: LiveTopic<'desk'> = {
  topic: 'desk',
  roles: ['agent'],
  paceMs: 0,
  open: () => () => undefined,
  state: () => ({ agents: [], calls: [], undispositioned: 0 }),
};

async function serve(t: Test) {
  const registry = new Registry();
  const hub = new LiveHub({ topics: [desk], clock: systemClock, log: silentLogger });
  observeHub(registry, hub);
  hub.start();
  const server = await openHttpServer(t, {
    registry,
    areas: [liveSocketApi({ hub, publicUrl: () => 'https://console.example.com' })],
    authenticators: [
      {
        authenticate: ({ headers }) =>
          headers.cookie === 'ann' ? { kind: 'principal', principal: ann } : { kind: 'none' },
      },
    ],
  });
  const place = `127.0.0.1:${server.port}`;
  const open = (query: string, headers: Record<string, string> = { cookie: 'ann' }) => {
    const socket = new WebSocket(`ws://${place}/v1/live?${query}`, { headers });
    const received: ServerMessage[] = [];
    socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString()) as ServerMessage));
    const refused = once(socket, 'unexpected-response').then(([, response]) => {
      socket.on('error', () => undefined);
      socket.terminate();
      return (response as { statusCode: number }).statusCode;
    });
    return { socket, received, refused };
  };
  return { hub, server, place, open };
}

t.test('who is known gets live events, and everybody else a status', async (t) => {
  const { open, place, server } = await serve(t);
  const { received, socket } = open('topics=desk', { cookie: 'ann', origin: `http://${place}` });
  await waitUntil('a state came', () => received.length === 2);
  t.match(received, [
    { type: 'hello', beatMs: 5000, resumed: [] },
    { type: 'state', topic: 'desk', data: { undispositioned: 0 } },
  ]);
  const ours = open('topics=desk', { cookie: 'ann', origin: 'https://console.example.com' });
  await once(ours.socket, 'open');
  const samples = parseMetrics(await (await fetch(`http://${place}/metrics`)).text());
  t.equal(sumOf(samples, 'proffer_live_links'), 2);

  t.equal(await open('topics=desk', {}).refused, 401);
  t.equal(await open('topics=desk', { cookie: 'ann', origin: 'https://evil.example' }).refused, 403);
  t.equal(await open('topics=desk', { cookie: 'ann', origin: 'null' }).refused, 403);
  t.equal(await open('topics=desk&resume=nothing').refused, 400);
  const plain = await fetch(`http://${place}/v1/live`, { headers: { cookie: 'ann' } });
  t.equal(plain.status, 426);

  const board = open('topics=board');
  t.equal((await once(board.socket, 'close'))[0], 4403);
  t.match(board.received, [{ type: 'refused', code: 'unknown-topic' }]);

  const closed = once(socket, 'close');
  await server.stop();
  t.equal((await closed)[0], 1001, 'a router that stops says so');
});

t.test('a frame that is too long, or binary, closes the link and nothing else', async (t) => {
  const { open, hub } = await serve(t);
  const long = open('topics=desk');
  const binary = open('topics=desk');
  const good = open('topics=desk');
  await waitUntil('all are in', () => hub.counts.sockets === 3);
  long.socket.send('x'.repeat(10_000));
  binary.socket.send(Buffer.from('{"type":"topics","topics":[]}'), { binary: true });
  t.equal((await once(long.socket, 'close'))[0], 1009);
  t.equal((await once(binary.socket, 'close'))[0], 4400);
  await waitUntil('they are gone', () => hub.counts.sockets === 1);
  t.equal(good.socket.readyState, WebSocket.OPEN);
});
