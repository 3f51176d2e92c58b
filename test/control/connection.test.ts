import t from 'tap';
import { Applications } from '../../src/control/applications.js';
import { ControlConnection } from '../../src/control/connection.js';
import type { ConnectionOwner } from '../../src/control/connection.js';
import { stackTime } from '../../src/control/stack-time.js';
import { silentLogger } from '../../src/kernel/index.js';

function open(preset: readonly string[] = []) {
  const sent: string[] = [];
  const heard: string[] = [];
  const applications = new Applications();
  const owner: ConnectionOwner = {
    log: silentLogger,
    secret: 'cymru',
    hostports: () => ({ advertised: 'udp/192.0.2.1:5060', local: 'udp/10.0.0.1:5060' }),
    onReady: (one) => applications.add(one),
    onSip: (_connection, rid, tokens) => {
      heard.push(`${rid} ${tokens.join()}`);
      if (tokens[2] === 'throw') throw new Error('on purpose');
    },
    onProxy: () => undefined,
    onClosed: (one) => applications.delete(one),
  };
  let isEnded = false;
  const sink = {
    // Without the random id of each frame.
    send: (frame: string) => sent.push(frame.replace(/^\d+#[\da-f-]{36}\|/, '')),
    end: () => {
      isEnded = true;
    },
  };
  const connection = new ControlConnection(owner, sink, preset);
  return { connection, sent, heard, applications, isEnded: () => isEnded };
}

t.test('authenticate: versions and addresses, with or without tags', (t) => {
  for (const [frame, tags] of [
    ['1|authenticate|cymru|a,b', ['a', 'b']],
    ['1|authenticate|cymru|', []],
    ['1|authenticate|cymru', []],
  ] as const) {
    const { connection, sent } = open(['invite']);
    connection.receive(frame);
    t.match(sent[0], /^response\|1\|OK\|udp\/192\.0\.2\.1:5060\|v0\.9\.10[^|]*\|udp\/10\.0\.0\.1:5060$/);
    t.strictSame(connection.tags, tags);
    t.ok(connection.routes.has('invite'), 'routes of an application that sends none');
  }
  t.end();
});

t.test('nothing is taken before authenticate, and the secret must be right', (t) => {
  for (const [frame, answer] of [
    ['1|ping', 'response|1|NO|not authenticated'],
    ['1|route|invite', 'response|1|NO|not authenticated'],
    ['1|sip||\r\nOPTIONS sip:x@y SIP/2.0\r\n\r\n', 'response|1|NO|not authenticated'],
    ['1|authenticate|wrong|', 'response|1|NO|incorrect secret'],
    ['nonsense', 'response|nonsense|NO|Invalid message format'],
  ] as const) {
    const { connection, sent, heard, isEnded } = open(['invite']);
    connection.receive(frame);
    t.strictSame(sent, [answer]);
    t.ok(isEnded());
    t.equal(connection.routes.size, 0);
    connection.receive('2|authenticate|cymru|');
    t.equal(sent.length, 1, 'a closed connection is deaf');
    t.strictSame(heard, []);
  }
  t.end();
});

t.test('route, remove_route, ping', (t) => {
  const { connection, sent } = open();
  connection.receive('1|authenticate|cymru|');
  for (const command of ['route|invite', 'route|invite', 'route|options', 'remove_route|options', 'route']) {
    connection.receive(`2|${command}`);
  }
  connection.receive('3|ping');
  t.strictSame(sent.slice(1), [...Array<string>(5).fill('response|2|OK'), 'response|3|OK|pong']);
  t.strictSame([...connection.routes], ['invite'], 'only the verb named is taken back');
  connection.receive('4|what');
  t.equal(sent.at(-1), 'response|4|NO|Unknown message type');
  t.end();
});

t.test('a command that throws is answered, and the connection lives on', (t) => {
  const { connection, sent } = open();
  connection.receive('1|authenticate|cymru|');
  connection.receive('2|sip|throw|\r\nSIP/2.0 200 OK\r\n\r\n');
  t.equal(sent.at(-1), 'response|2|NOK|Internal error');
  connection.fault('too-large');
  t.equal(sent.at(-1), 'response||NO|Message too long');
  t.notOk(connection.isOpen);
  t.end();
});

t.test('requests go round the applications that take the method', (t) => {
  const applications = new Applications();
  const [a, b, c] = [open().connection, open().connection, open().connection];
  for (const one of [a, b, c]) applications.add(one);
  a.routes.add('invite');
  b.routes.add('invite');
  c.routes.add('options');
  const turns = [1, 2, 3, 4].map(() => applications.next('invite'));
  t.ok(turns[0] === a && turns[1] === b && turns[2] === a && turns[3] === b);
  t.equal(applications.next('message'), undefined);
  t.strictSame([...applications.routes()], ['invite', 'options']);
  applications.delete(a);
  t.ok(applications.next('invite') === b && applications.next('invite') === b);
  t.end();
});

t.test('the time token', (t) => {
  t.equal(stackTime(Date.UTC(2026, 0, 1, 3, 5, 22, 98)), '03:05:22.098000');
  t.equal(stackTime(Date.UTC(2026, 0, 1, 23, 59, 59, 0)), '23:59:59.000000');
  t.end();
});
