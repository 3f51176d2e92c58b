import t from 'tap';
import type { Test } from 'tap';
import { EventSocketConnection } from '../../../src/freeswitch/index.js';
import type { CommandReply, ConnectionClose, EventSocketOptions } from '../../../src/freeswitch/index.js';
import { FakeCallcenter } from '../../support/fake-callcenter.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeEventSocket } from '../../support/fake-event-socket.js';
import { freePort } from '../../support/free-port.js';

interface Session {
  readonly connection: EventSocketConnection;
  readonly ready: Promise<void>;
  readonly closed: Promise<ConnectionClose>;
  /** Events, answers and the end, in the order in which they were told. */
  readonly told: string[];
  readonly clock: FakeClock;
}

async function serve(t: Test): Promise<{ server: FakeEventSocket; port: number }> {
  const server = new FakeEventSocket(new FakeCallcenter());
  t.teardown(async () => server.close());
  return { server, port: await server.listen() };
}

function open(t: Test, port: number, more: Partial<EventSocketOptions> = {}): Session {
  const clock = new FakeClock();
  const told: string[] = [];
  let connection: EventSocketConnection | undefined;
  const session = { told, clock, ready: Promise.resolve() };
  const closed = new Promise<ConnectionClose>((onClosed) => {
    session.ready = new Promise((onReady) => {
      connection = new EventSocketConnection(
        { host: '127.0.0.1', port, password: 'ClueCon', clock, ...more },
        {
          onReady,
          onEvent: (headers) => told.push(`event ${headers.get('CC-Action') ?? ''}`),
          onMalformed: () => told.push('malformed'),
          onData: () => undefined,
          onClose: (close) => {
            told.push(`closed ${close.cause}`);
            onClosed(close);
          },
        },
      );
    });
  });
  if (connection === undefined) throw new Error('no connection');
  const opened = connection;
  t.teardown(() => {
    opened.close();
    clock.advance(60_000);
  });
  return { ...session, connection, closed };
}

t.test('answers come in the order of the commands, and in their place among the events', async (t) => {
  const { server, port } = await serve(t);
  const { connection, ready, told } = open(t, port);
  await ready;
  server.sendEvent('agent-add', {});
  const replies: CommandReply[] = [];
  const take = (reply: CommandReply): void => {
    told.push(`reply ${reply.kind}`);
    replies.push(reply);
  };
  connection.send('api strepoch', take);
  connection.send('event plain HEARTBEAT', take);
  connection.send('api nosuchcommand', take);
  t.equal(connection.isIdle, false);
  t.equal((await connection.ask('api strepoch')).kind, 'ok');
  t.strictSame(replies, [
    { kind: 'ok', text: '1795316616' },
    { kind: 'ok', text: '+OK event listener enabled plain' },
    { kind: 'refused', text: '-ERR nosuchcommand Command not found!\n' },
  ]);
  t.strictSame(told, ['event agent-add', 'reply ok', 'reply ok', 'reply refused']);
  t.equal(connection.isIdle, true);
});

t.test('what may not be sent is lost at once', async (t) => {
  const { port } = await serve(t);
  const { connection, ready } = open(t, port, { maxWaiting: 1 });
  t.strictSame(await connection.ask('api status'), { kind: 'lost', reason: 'not connected' });
  await ready;
  t.strictSame(await connection.ask('api status\n\nexit'), {
    kind: 'lost',
    reason: 'a line break in a command',
  });
  const first = connection.ask('api strepoch');
  const second = connection.ask('api strepoch');
  t.strictSame(await connection.ask('api strepoch'), { kind: 'lost', reason: 'too many commands wait' });
  t.equal((await first).kind, 'ok');
  t.equal((await second).kind, 'ok');
});

t.test('a wrong password', async (t) => {
  const { port } = await serve(t);
  const { closed } = open(t, port, { password: 'wrong' });
  t.strictSame(await closed, { cause: 'wrong-password', reason: 'wrong password' });
});

t.test('a password cannot carry a command', async (t) => {
  const { server, port } = await serve(t);
  const { closed } = open(t, port, { password: 'ClueCon\n\napi shutdown' });
  t.equal((await closed).cause, 'wrong-password');
  t.strictSame(server.commands, []);
});

t.test('an address that is not in the access list', async (t) => {
  const { server, port } = await serve(t);
  server.manner = 'rejects';
  t.equal((await open(t, port).closed).cause, 'not-allowed');
});

t.test('nobody listens', async (t) => {
  const port = await freePort();
  const close = await open(t, port).closed;
  t.strictSame(close, { cause: 'connect-failed', reason: `nothing listens at 127.0.0.1:${port}` });
});

t.test('a connection on which nothing comes', async (t) => {
  const { server, port } = await serve(t);
  server.manner = 'mute';
  const { closed, clock } = open(t, port, { connectTimeoutMs: 3000 });
  while (server.connections === 0) await new Promise(setImmediate);
  clock.advance(2999);
  clock.advance(1);
  t.equal((await closed).cause, 'silent');
});

t.test('a command without an answer ends the connection, and loses those behind it', async (t) => {
  const { server, port } = await serve(t);
  const { connection, ready, closed, clock } = open(t, port, { commandTimeoutMs: 100 });
  await ready;
  server.isSilent = true;
  const replies = Promise.all([connection.ask('api status'), connection.ask('api version')]);
  clock.advance(100);
  t.strictSame(await closed, { cause: 'no-answer', reason: 'no answer to "api status" within 100 ms' });
  t.strictSame(
    (await replies).map((one) => one.kind),
    ['lost', 'lost'],
  );
  t.strictSame(clock.running, [], 'no timer is left');
});

t.test('the end in the middle of an answer', async (t) => {
  const { server, port } = await serve(t);
  server.manner = 'breaks-off';
  const { connection, ready, closed } = open(t, port);
  await ready;
  t.equal((await connection.ask('api callcenter_config agent list')).kind, 'lost');
  t.equal((await closed).cause, 'ended');
});

t.test('a frame without bounds, and answers that nobody asked for', async (t) => {
  const { server, port } = await serve(t);
  const { ready, closed, told } = open(t, port);
  await ready;
  server.send(
    'Content-Type: command/reply\nReply-Text: +OK\n\nContent-Type: auth/request\n\nContent-Type: text/odd\n\n',
  );
  server.send('Content-Length: 5000000\n\n');
  t.equal((await closed).cause, 'malformed');
  t.strictSame(told, ['malformed', 'malformed', 'malformed', 'closed malformed']);
});

t.test('a clean exit', async (t) => {
  const { server, port } = await serve(t);
  const { connection, ready, told } = open(t, port);
  await ready;
  const lost = connection.ask('api status');
  connection.close();
  connection.close();
  t.equal((await lost).kind, 'lost');
  t.strictSame(told, ['closed closed-here']);
  while (!server.commands.includes('exit')) await new Promise(setImmediate);
  t.pass('FreeSWITCH was told');
});
