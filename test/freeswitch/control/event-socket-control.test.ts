// Commands to a call at a centre: what is sent, what each answer means, and what is never sent.
import t from 'tap';
import { EventSocketControl } from '../../../src/freeswitch/index.js';
import { centreAt } from '../../support/media-stage.js';

const uuid = '3531000a-c5e0-4b86-bc87-64454840c364';

function control(answers: readonly (string | Error)[] = []) {
  const lines: string[] = [];
  const left = [...answers];
  const commands = {
    command: (_centre: string, line: string) => {
      lines.push(line);
      const answer = left.shift() ?? '+OK\n';
      return typeof answer === 'string' ? Promise.resolve(answer) : Promise.reject(answer);
    },
  };
  return { lines, port: new EventSocketControl(commands, [centreAt(8021)]) };
}

const call = { centre: 'east', sessionUuid: uuid, queue: 'cards', uri: undefined, headers: {} };

void t.test('to a queue of the same centre, with CTI data', async (t) => {
  const { lines, port } = control();
  const headers = { 'X-Decision-ID': '42', 'X-Offer-URL': "https://a/?x=1;y='2'\\3" };
  t.same(await port.transfer({ ...call, headers }), { kind: 'done' });
  t.same(lines, [
    `uuid_setvar_multi ${uuid} sip_h_X-Decision-ID=42;sip_h_X-Offer-URL=https://a/?x=1\\;y=\\'2\\'\\\\3`,
    `uuid_transfer ${uuid} cards XML router`,
  ]);
});

void t.test('to a URI elsewhere', async (t) => {
  const { lines, port } = control();
  t.same(await port.transfer({ ...call, uri: 'sip:cards@10.0.0.2:5060' }), { kind: 'done' });
  t.same(lines, [
    `uuid_transfer ${uuid} bridge:{originate_timeout=60}sofia/internal/sip:cards@10.0.0.2:5060 inline`,
  ]);
});

void t.test('what the answers mean', async (t) => {
  for (const [answer, expected] of [
    ['+OK\n', { kind: 'done' }],
    ['-ERR No such channel!\n', { kind: 'unknown-call' }],
    ['-ERR\n', { kind: 'refused' }],
    ['-USAGE: <uuid>', { kind: 'refused', reason: '-USAGE: <uuid>' }],
    ['', { kind: 'refused' }],
    [
      new Error('centre east is not connected'),
      { kind: 'unreachable', reason: 'centre east is not connected' },
    ],
  ] as const) {
    t.match(await control([answer]).port.transfer(call), expected, String(answer));
  }
  const { lines, port } = control(['-ERR No such channel!\n']);
  t.same(await port.transfer({ ...call, headers: { 'X-A': 'b' } }), { kind: 'unknown-call' });
  t.equal(lines.length, 1, 'a call that is gone is not transferred');
});

void t.test('nothing is sent that could become another command', async (t) => {
  const { lines, port } = control();
  t.match(await port.transfer({ ...call, sessionUuid: `${uuid} x` }), { kind: 'unknown-call' });
  t.match(await port.transfer({ ...call, queue: 'a b' }), { kind: 'refused' });
  t.match(await port.transfer({ ...call, queue: 'a\nb' }), { kind: 'refused' });
  t.match(await port.transfer({ ...call, uri: 'sip:a@b inline' }), { kind: 'refused' });
  t.match(await port.transfer({ ...call, uri: 'sip:a@b,hangup:' }), { kind: 'refused' });
  t.match(await port.transfer({ ...call, headers: { 'X-A': 'b\nc' } }), { kind: 'refused' });
  t.match(await port.transfer({ ...call, headers: { 'X A=': 'b' } }), { kind: 'refused' });
  t.match(await port.transfer({ ...call, centre: 'nowhere' }), { kind: 'refused' });
  t.match(await port.setAgentStatus('nowhere', '1001', 'Available'), { kind: 'refused' });
  t.match(await port.setAgentStatus('east', '1001 x', 'Available'), { kind: 'refused' });
  t.match(await port.setAgentStatus('east', '1001', "Available' x"), { kind: 'refused' });
  t.same(lines, []);
});

void t.test('the status of an agent', async (t) => {
  const { lines, port } = control(['+OK\n', '-ERR Agent not found!\n']);
  t.same(await port.setAgentStatus('east', '1001', 'Available (On Demand)'), { kind: 'done' });
  t.same(await port.setAgentStatus('east', '1002', 'On Break'), { kind: 'unknown-agent' });
  t.same(lines, [
    "callcenter_config agent set status 1001@default 'Available (On Demand)'",
    "callcenter_config agent set status 1002@default 'On Break'",
  ]);
});
