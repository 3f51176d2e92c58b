import t from 'tap';
import { ReliableProvisionals } from '../../../src/sip/dialog/reliable-provisionals.js';
import { createRequest, createResponse } from '../../../src/sip/index.js';
import type { SipMessage } from '../../../src/sip/index.js';
import { FakeClock } from '../../support/fake-clock.js';

const invite = createRequest({
  method: 'INVITE',
  requestUri: 'sip:bob@b',
  headers: [
    ['Via', 'SIP/2.0/UDP a;branch=z9hG4bK1'],
    ['From', '<sip:alice@a>;tag=a1'],
    ['To', '<sip:bob@b>'],
    ['Call-ID', 'c1'],
    ['CSeq', '7 INVITE'],
  ],
});

function prack(rack: string): SipMessage {
  return createRequest({ method: 'PRACK', requestUri: 'sip:bob@b', headers: [['RAck', rack]] });
}

t.test('repeated at T1, doubling without end, given up after 64*T1 (RFC 3262 3)', (t) => {
  const clock = new FakeClock();
  const at: number[] = [];
  let timeouts = 0;
  const reliable = new ReliableProvisionals({
    clock,
    t1: 500,
    cseq: 7,
    send: () => at.push(clock.now()),
    release: () => t.fail('nothing is held'),
    onTimeout: () => (timeouts += 1),
  });
  const response = createResponse(invite, 183, undefined, 'b1');
  reliable.number(response);
  reliable.sent(response);
  clock.advance(32_000);
  t.strictSame(at, [500, 1500, 3500, 7500, 15_500, 31_500]);
  t.equal(timeouts, 1);
  t.strictSame(clock.running, []);
  t.end();
});

t.test('a PRACK names number, CSeq and method; it counts once', (t) => {
  const clock = new FakeClock();
  const ignore = (): void => undefined;
  const options = { clock, t1: 500, cseq: 7, send: ignore, release: ignore, onTimeout: ignore };
  const reliable = new ReliableProvisionals(options);
  const response = createResponse(invite, 183, undefined, 'b1');
  reliable.number(response);
  const number = response.get('rseq') ?? '';
  t.notOk(reliable.acknowledge(prack(`${number} 7 INVITE`)), 'not before it was sent');
  reliable.sent(response);
  for (const rack of ['', number, `${number} 8 INVITE`, `${number} 7 UPDATE`, `1${number} 7 INVITE`]) {
    t.notOk(reliable.acknowledge(prack(rack)), rack);
  }
  t.ok(reliable.acknowledge(prack(`${number} 7 INVITE`)));
  t.notOk(reliable.acknowledge(prack(`${number} 7 INVITE`)));
  t.strictSame(clock.running, []);
  t.end();
});
