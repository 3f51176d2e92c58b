// api-callcenter.txt, line by line, against the stand-in: event socket and call centre together.
import t from 'tap';
import { silentLogger } from '../../src/kernel/index.js';
import { CallCentre, EventSocketServer, EventStamp } from '../../src/switch-standin/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { capturedSettings } from './call-centre/centre-bench.js';
import { FakeDialler } from './call-centre/fake-channel.js';
import { capturedLoad, capturedVersion, noCaptures, readExchanges } from './captures.js';
import { EventSocketTestClient } from './event-socket/event-socket-test-client.js';

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** What stands for other parts of a FreeSWITCH. */
const channels = {
  'show channels as json': '{"row_count": 0}\n',
  'sofia status': [
    '                     Name\t   Type\t                                      Data\tState',
    '='.repeat(97),
    '                 internal\tprofile\t              sip:mod_sofia@127.0.0.1:5090\tRUNNING (0)',
    '='.repeat(97),
    '1 profile 0 aliases\n',
  ].join('\n'),
};

t.test('every answer of api-callcenter.txt, byte for byte', { skip: noCaptures }, async (t) => {
  const clock = new FakeClock(1_795_316_616_000);
  const stamp = new EventStamp({ clock, hostname: 'vm' });
  const phones = new FakeDialler();
  const centre = new CallCentre({
    clock,
    log: silentLogger,
    stamp,
    dialler: phones,
    settings: () => capturedSettings,
    sink: { fire: () => undefined },
  });
  const server = new EventSocketServer({
    port: 0,
    password: 'ClueCon',
    clock,
    stamp,
    log: silentLogger,
    version: { full: '', human: capturedVersion },
    load: () => capturedLoad,
    commands: [centre, { run: (command, args) => channels[`${command} ${args}` as keyof typeof channels] }],
  });
  await server.start();
  clock.advance(52_799.89);
  const client = await EventSocketTestClient.open(server.port);
  t.teardown(() => server.stop());
  for (const { sent, received } of readExchanges('api-callcenter.txt')) {
    if (sent !== undefined) client.send(sent);
    let answer = await client.raw();
    while (answer.length < received.length) answer += await client.raw();
    t.equal(answer.replaceAll(uuid, 'UUID'), received.replaceAll(uuid, 'UUID'), sent ?? 'greeting');
  }
  await client.closed();
});
