import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../../src/kernel/index.js';
import { EventSocketServer, EventStamp } from '../../../src/switch-standin/index.js';
import type { EventSocketServerOptions, SwitchEvent } from '../../../src/switch-standin/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { capturedLoad, capturedVersion, noCaptures, readCapture, readExchanges } from '../captures.js';
import { EventSocketTestClient } from './event-socket-test-client.js';

interface Bench {
  readonly server: EventSocketServer;
  readonly clock: FakeClock;
  readonly port: number;
  readonly connect: () => Promise<EventSocketTestClient>;
}

async function start(t: Test, options: Partial<EventSocketServerOptions> = {}): Promise<Bench> {
  const clock = new FakeClock();
  const stamp = new EventStamp({ clock, hostname: 'vm' });
  const server = new EventSocketServer({
    port: 0,
    password: 'ClueCon',
    clock,
    stamp,
    log: silentLogger,
    ...options,
  });
  await server.start();
  const clients: EventSocketTestClient[] = [];
  t.teardown(async () => {
    for (const client of clients) client.close();
    await server.stop();
  });
  const connect = async (): Promise<EventSocketTestClient> => {
    const client = await EventSocketTestClient.authenticated(server.port);
    clients.push(client);
    return client;
  };
  return { server, clock, port: server.port, connect };
}

function info(action: string, more: readonly (readonly [string, string])[] = []): SwitchEvent {
  return {
    name: 'CUSTOM',
    subclass: 'callcenter::info',
    origin: 'mod_callcenter.c:test:1',
    headers: [['CC-Action', action], ...more],
    body: '',
  };
}

t.test('a wrong password is refused and the connection ended', { skip: noCaptures }, async (t) => {
  const { port } = await start(t);
  const [greeting, answer] = readExchanges('wrong-password.txt');
  const client = await EventSocketTestClient.open(port);
  t.equal(await client.raw(), greeting?.received);
  client.send('auth wrong');
  t.equal((await client.raw()) + (await client.raw()), answer?.received);
  client.send('api status');
  await client.closed();
});

t.test('commands before authentication, and none at all, come to nothing', async (t) => {
  const { port, clock } = await start(t);
  const client = await EventSocketTestClient.open(port);
  await client.frame();
  const answer = await client.ask('api status');
  t.equal(answer.headers.get('Reply-Text'), '-ERR command not found');
  clock.advance(25_000);
  await client.closed();
  t.pass('closed after 25 s without authentication');
});

t.test('built-in commands', { skip: noCaptures }, async (t) => {
  const captured = readExchanges('api-callcenter.txt');
  const { connect, clock } = await start(t, {
    version: {
      full: '1.11.3-dev+git~20260821T141014Z~cc93a683ca~64bit',
      human: capturedVersion,
    },
    load: () => capturedLoad,
    globalVariables: { local_ip_v4: '127.0.0.1' },
  });
  const client = await connect();
  clock.advance(52_799.89);
  client.send('api status');
  t.equal(await client.raw(), captured.find((one) => one.sent === 'api status')?.received);
  client.send('api nosuchcommand');
  t.equal(await client.raw(), captured.find((one) => one.sent === 'api nosuchcommand')?.received);
  t.equal(await client.api('strepoch'), String(Math.floor(Date.UTC(2026, 0, 1) / 1000) + 52));
  t.equal(await client.api('reloadxml'), '+OK [Success]\n');
  t.match(await client.api('version'), /^FreeSWITCH Version 1\.11\.3-dev\+git.* \(.*64bit\)\n$/);
  t.equal(await client.api('global_getvar local_ip_v4'), '127.0.0.1');
  t.equal(await client.api('global_getvar nothing'), '-ERR no reply\n');
  t.match(await client.api('global_getvar'), /^hostname=vm\ncore_uuid=.*\nlocal_ip_v4=127\.0\.0\.1\n$/);
  client.send('exit');
  t.equal((await client.raw()) + (await client.raw()), captured.at(-1)?.received);
  await client.closed();
});

t.test('HEARTBEAT comes every 20 s, as JSON to who asked for that', { skip: noCaptures }, async (t) => {
  const text = readCapture('fsmrf-connect-inbound-socket.txt');
  const names = Object.keys(JSON.parse(/\{.*\}/.exec(text)?.[0] ?? '') as object);
  const { connect, clock } = await start(t);
  const client = await connect();
  const answer = await client.ask('event json HEARTBEAT');
  t.equal(answer.headers.get('Reply-Text'), '+OK event listener enabled json');
  for (const uptime of [20_000, 40_000]) {
    clock.advance(20_000);
    const event = JSON.parse((await client.frame()).body) as Record<string, string>;
    t.same(Object.keys(event), names);
    t.equal(event['Uptime-msec'], String(uptime));
  }
});

t.test('each client has its own subscription, and all see the same sequence', async (t) => {
  const { connect, server } = await start(t);
  const [plain, json, other] = [await connect(), await connect(), await connect()];
  await plain.ask('event plain CUSTOM callcenter::info sofia::register');
  await json.ask('event json CUSTOM callcenter::info');
  await other.ask('event plain CUSTOM sofia::register SWITCH_EVENT_HEARTBEAT');
  server.fire(info('members-count'));
  server.fire({ name: 'DTMF', subclass: undefined, origin: 'a.c:b:1', headers: [], body: '' });
  server.fire({ ...info('agent-add'), subclass: 'sofia::register' });
  const [first, second] = [await plain.frame(), await plain.frame()];
  t.match(first.body, /Event-Sequence: 1\nCC-Action: members-count\n\n$/);
  t.match(second.body, /Event-Sequence: 3\nCC-Action: agent-add\n\n$/);
  t.match(JSON.parse((await json.frame()).body), { 'Event-Sequence': '1', 'CC-Action': 'members-count' });
  t.match((await other.frame()).body, /Event-Subclass: sofia%3A%3Aregister\n/);
});

t.test('event, nixevent, noevents and filter answer as FreeSWITCH does', async (t) => {
  const { connect, server } = await start(t);
  const client = await connect();
  const say = async (line: string): Promise<string | undefined> =>
    (await client.ask(line)).headers.get('Reply-Text');
  t.equal(await say('event plain nosuchevent'), '-ERR no keywords supplied');
  t.equal(await say('noevents'), '-ERR not listening for events');
  t.equal(await say('event plain ALL'), '+OK event listener enabled plain');
  t.equal(await say('nixevent HEARTBEAT'), '+OK events nixed');
  t.equal(await say('filter'), '-ERR command not found');
  t.equal(await say('filter CC-Action'), '-ERR invalid syntax');
  t.equal(await say('filter CC-Action agent-add'), '+OK filter added. [CC-Action]=[agent-add]');
  t.equal(await say('filter add CC-Agent -1001@default'), '+OK filter added. [CC-Agent]=[-1001@default]');
  server.fire({ name: 'HEARTBEAT', subclass: undefined, origin: 'a.c:b:1', headers: [], body: '' });
  server.fire(info('members-count'));
  server.fire(info('AGENT-ADD', [['CC-Agent', '1001@default']]));
  server.fire({ ...info('agent-add'), name: 'DTMF', subclass: undefined });
  t.match((await client.frame()).body, /Event-Name: DTMF\n/, 'only what passes the filters');
  t.equal(await say('filter delete CC-Agent'), '+OK filter deleted. [CC-Agent][]');
  t.equal(await say('filter delete all'), '+OK filter deleted. [all][]');
  server.fire({ ...info('members-count'), name: 'DTMF', subclass: undefined });
  t.match((await client.frame()).body, /CC-Action: members-count\n/);
  t.equal(await say('noevents'), '+OK no longer listening for events');
  server.fire({ ...info('members-count'), name: 'DTMF', subclass: undefined });
  t.equal(await say('linger'), '-ERR not controlling a session');
  t.equal(await say('sendmsg 1234'), '-ERR invalid session id [1234]');
  t.equal(await say('what is this'), '-ERR command not found');
});

t.test('bgapi answers at once, and the result is an event', async (t) => {
  let finish: (text: string) => void = () => undefined;
  const slow = {
    run: (command: string) =>
      command === 'slow' ? new Promise<string>((resolve) => (finish = resolve)) : undefined,
  };
  const { connect } = await start(t, { commands: [slow] });
  const client = await connect();
  await client.ask('event plain BACKGROUND_JOB');
  client.send('bgapi slow and steady\nJob-UUID: 1-2-3');
  t.equal(
    await client.raw(),
    'Content-Type: command/reply\nReply-Text: +OK Job-UUID: 1-2-3\nJob-UUID: 1-2-3\n\n',
  );
  t.equal(await client.api('strepoch'), '1767225600', 'the connection is free meanwhile');
  finish('+OK done\n');
  const { body } = await client.frame();
  t.match(
    body,
    /\nJob-UUID: 1-2-3\nJob-Owner-UUID: _undef_\nJob-Command: slow\nJob-Command-Arg: and%20steady\n/,
  );
  t.match(body, /\nContent-Length: 9\n\n\+OK done\n$/);
});

t.test('commands of several sources are tried in order; answers come in order', async (t) => {
  const commands = [
    { run: async () => Promise.resolve(undefined) },
    {
      run: (command: string, args: string) => {
        if (command === 'broken') throw new Error('out of order');
        return command === 'echo' ? args : undefined;
      },
    },
    {
      run: async (command: string) =>
        command === 'late' ? Promise.reject(new Error('too late')) : undefined,
    },
  ];
  const { connect } = await start(t, { commands });
  const client = await connect();
  client.send('api echo 1  2');
  client.send('api broken');
  client.send('api late');
  client.send('api strepoch');
  client.send('event plain DTMF');
  t.equal((await client.frame()).body, '1  2');
  t.equal((await client.frame()).body, '-ERR out of order\n');
  t.equal((await client.frame()).body, '-ERR too late\n');
  t.equal((await client.frame()).body, '1767225600');
  t.equal((await client.frame()).headers.get('Reply-Text'), '+OK event listener enabled plain');
});

t.test('a command in pieces, and one after a body', async (t) => {
  const { connect } = await start(t);
  const client = await connect();
  client.send('\r\nsendevent x\r\nContent-Length: 12\r\n\r\napi version\nevent plain DTMF');
  t.equal((await client.frame()).headers.get('Reply-Text'), '-ERR command not found');
  t.equal((await client.frame()).headers.get('Reply-Text'), '+OK event listener enabled plain');
});

t.test('rubbish without an end is not kept', async (t) => {
  const { connect } = await start(t);
  for (const text of [
    'x'.repeat(70_000),
    'sendmsg\nContent-Length: -1',
    'sendmsg\nContent-Length: 9999999',
  ]) {
    const client = await connect();
    client.send(text);
    await client.closed();
  }
  t.pass('each is disconnected');
});

t.test('a client that does not read is disconnected; the others are served', async (t) => {
  const { connect, server } = await start(t, { maxBacklogBytes: 100_000 });
  const [slow, good] = [await connect(), await connect()];
  await slow.ask('event plain CUSTOM callcenter::info');
  await good.ask('event plain DTMF');
  slow.pause();
  const big = info('members-count', [['Filler', 'x'.repeat(50_000)]]);
  for (let i = 0; server.clients > 1 && i < 2000; i += 1) {
    server.fire(big);
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.equal(server.clients, 1);
  server.fire({ ...info('agent-add'), name: 'DTMF', subclass: undefined });
  t.match((await good.frame()).body, /agent-add/);
});

t.test('frozen, it takes connections and says nothing; cut, it takes new ones', async (t) => {
  const { connect, server, port } = await start(t);
  const client = await connect();
  await client.ask('event plain CUSTOM callcenter::info');
  server.freeze();
  server.fire(info('agent-add'));
  client.send('api status');
  const other = await EventSocketTestClient.open(port);
  while (server.clients < 2) await new Promise((resolve) => setImmediate(resolve));
  server.thaw();
  server.fire(info('members-count'));
  t.match((await client.frame()).body, /members-count/, 'what was not sent is lost');
  server.dropAll();
  await Promise.all([client.closed(), other.closed()]);
  const again = await connect();
  t.equal(await again.api('strepoch'), '1767225600');
});

t.test('faults: every third event twice, every fourth one late', async (t) => {
  const { connect, server } = await start(t, { faults: { duplicateEvery: 3, reorderEvery: 4 } });
  const client = await connect();
  await client.ask('event plain CUSTOM callcenter::info');
  for (let i = 0; i < 6; i += 1) server.fire(info('members-count'));
  const sequence: string[] = [];
  for (let i = 0; i < 8; i += 1) {
    sequence.push(/Event-Sequence: (\d+)/.exec((await client.frame()).body)?.[1] ?? '');
  }
  t.same(sequence, ['1', '2', '3', '3', '5', '4', '6', '6']);
});

t.test('a port that is taken is told', async (t) => {
  const { port } = await start(t);
  const clock = new FakeClock();
  const stamp = new EventStamp({ clock, hostname: 'vm' });
  const second = new EventSocketServer({ port, password: 'x', clock, stamp, log: silentLogger });
  await t.rejects(second.start(), { code: 'EVENT_SOCKET_NOT_LISTENING' });
  await second.stop();
});
