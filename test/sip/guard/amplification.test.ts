// No amplification: to a UDP source that nobody let in never go more bytes than came from it, whatever it sends and however fast.
import fc from 'fast-check';
import t from 'tap';
import type { SipEngineOptions } from '../../../src/sip/index.js';
import { createRequest } from '../../../src/sip/message/create-message.js';
import { answering, EngineBench } from '../../support/engine-bench.js';

const victim = '203.0.113.7';
const untrusted: Partial<SipEngineOptions> = { isTrusted: () => false };

interface Words {
  readonly method?: string;
  readonly branch?: string;
  readonly callId?: string;
  readonly toTag?: string | undefined;
  readonly extra?: string;
}

function request({ method = 'INVITE', branch = 'a', callId = 'c', toTag, extra = '' }: Words = {}): string {
  const to = toTag === undefined ? '' : `;tag=${toTag}`;
  return (
    `${method} sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP x;rport;branch=z9hG4bK${branch}\r\nFrom: <sip:a@x>;tag=1\r\n` +
    `To: <sip:b@x>${to}\r\nCall-ID: ${callId}\r\nCSeq: 1 ${method}\r\n${extra}Content-Length: 0\r\n\r\n`
  );
}

const bench = async (options: Partial<SipEngineOptions> = {}): Promise<EngineBench> =>
  new EngineBench({ ...untrusted, ...options }).start();

const step = fc.record({
  method: fc.constantFrom(
    'INVITE',
    'OPTIONS',
    'REGISTER',
    'BYE',
    'CANCEL',
    'ACK',
    'PRACK',
    'SUBSCRIBE',
    'NOPE',
  ),
  branch: fc.constantFrom('a', 'b', 'c'),
  toTag: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
  extra: fc.constantFrom(
    '',
    'Require: 100rel\r\n',
    'CSeq: bad\r\n',
    `Via: SIP/2.0/UDP ${'y'.repeat(700)}\r\n`,
    `X: ${'z'.repeat(600)}\r\n`,
    'Contact: <<\r\n',
  ),
  waitMs: fc.constantFrom(0, 1, 500, 4000, 40_000),
  status: fc.constantFrom(0, 100, 302, 404, 486, 503, 603),
});

t.test('bytes out never exceed bytes in, over methods, sizes, rates and answers that refuse', async (t) => {
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const { engine, ...rest } = await bench();
      const one = Object.assign(rest, { engine });
      one.network.onSent = ({ text }) => (bytesOut += text.length);
      let bytesIn = 0;
      let bytesOut = 0;
      for (const { waitMs, status, ...words } of steps) {
        const text = request(words);
        bytesIn += text.length;
        const serve = answering(status);
        one.serve = status === 0 ? () => undefined : serve;
        one.network.deliver(Buffer.from(text, 'latin1'), victim, 5060);
        one.clock.advance(waitMs);
        if (bytesOut > bytesIn) throw new Error(`${bytesOut} bytes out, ${bytesIn} in`);
      }
      one.clock.advance(300_000);
      sent += bytesOut;
      if (bytesOut > bytesIn) throw new Error(`${bytesOut} bytes out, ${bytesIn} in`);
    }),
    { numRuns: 150 },
  );
  t.ok(sent > 10_000, 'it does answer');
});

t.test('a final that refuses an INVITE is not repeated to an unknown source by itself', async (t) => {
  const one = await bench();
  one.serve = answering(486);
  one.receive(request({ extra: `X: ${'z'.repeat(60)}\r\n` }), victim);
  one.clock.advance(60_000);
  t.strictSame(one.take(), ['486'], 'no 100, and timer G finds no credit');
});

t.test('an INVITE that is repeated gets the 100 that there was no room for', async (t) => {
  const one = await bench();
  const got: string[] = [];
  for (let repeat = 0; repeat < 6; repeat++) {
    one.receive(request(), victim);
    one.clock.advance(1000);
    got.push(one.take().join());
  }
  t.equal(got[0], '', 'too little for a 100 and a final');
  t.ok(got.includes('100'));
});

t.test('a response that is a little too long is sent without what it can do without', async (t) => {
  const one = await bench();
  one.receive(request({ method: 'OPTIONS', toTag: 'x' }), victim);
  t.equal(one.sent.length, 1);
  t.match(one.sent[0]?.text, /^SIP\/2\.0 481 \r\nv:SIP\/2\.0\/UDP x;rport=5060;/);
  t.equal(one.engine.guardCounters.trimmed, 1);
});

t.test(
  'a caller that the application rings is let in: all goes as ever, retransmissions included',
  async (t) => {
    const one = await bench();
    one.serve = (exchange, engine) => {
      answering(180)(exchange, engine);
      answering(486)(exchange, engine);
    };
    one.receive(request(), victim);
    one.clock.advance(1600);
    t.strictSame(one.take(), ['180', '486', '486', '486']);
  },
);

t.test(
  'an ACK with the tag that we sent proves a source; one that only has the branch does not',
  async (t) => {
    const one = await bench();
    one.serve = answering(486);
    /** Calls, acknowledges with a tag made from the one that was sent, calls again: finals that the second call gets. */
    const finalsAfter = (name: string, tagOf: (sent: string) => string): number => {
      const call = (branch: string): void =>
        one.receive(request({ branch, callId: branch, extra: `X: ${'z'.repeat(60)}\r\n` }), victim);
      call(`${name}1`);
      const sent = /^(?:t|To):.*;tag=(\w+)/im.exec(one.sent.at(-1)?.text ?? '')?.[1] ?? '';
      one.receive(
        request({ method: 'ACK', branch: `${name}1`, callId: `${name}1`, toTag: tagOf(sent) }),
        victim,
      );
      one.clock.advance(60_000);
      one.take();
      call(`${name}2`);
      one.clock.advance(60_000);
      return one.take().filter((status) => status === '486').length;
    };
    t.ok(finalsAfter('a', () => '1') < 4, 'its own From tag');
    t.ok(finalsAfter('b', (sent) => `${sent}x`) < 4, 'a guess');
    t.equal(
      finalsAfter('c', (sent) => sent),
      11,
      'the right one: repeated as timer G says',
    );
  },
);

t.test('nobody proves or vouches for the address of another', async (t) => {
  const mallory = '203.0.113.66';
  const one = await bench();
  const finalsOfVictim = (branch: string): number => {
    one.clock.advance(60_000);
    one.take();
    one.receive(request({ branch, callId: branch, extra: `X: ${'z'.repeat(60)}\r\n` }), victim);
    one.clock.advance(60_000);
    return one.take().filter((status) => status === '486').length;
  };
  const tagSent = (): string => /^(?:t|To):.*;tag=(\w+)/im.exec(one.sent.at(-1)?.text ?? '')?.[1] ?? '';
  one.serve = answering(486);
  one.receive(request({ branch: 'm1', callId: 'm1', extra: `X: ${'z'.repeat(60)}\r\n` }), mallory);
  one.receive(request({ method: 'ACK', branch: 'm1', callId: 'm1', toTag: tagSent() }), victim);
  t.ok(finalsOfVictim('v1') < 4, 'an ACK to a refusal that another got');

  one.serve = answering(200);
  const contact = 'Contact: <sip:m@name.example.com>\r\n';
  one.receive(request({ branch: 'm2', callId: 'm2', extra: contact }), mallory);
  one.receive(request({ method: 'ACK', branch: 'm2a', callId: 'm2', toTag: tagSent() }), victim);
  t.equal(one.engine.openDialogs, 1);
  one.serve = answering(486);
  t.ok(finalsOfVictim('v2') < 4, 'an ACK in a dialog of another');

  const hop = one.engine.nextHop(`sip:m@${mallory}`);
  if (typeof hop === 'string') throw new Error(hop);
  const options = createRequest({
    method: 'OPTIONS',
    requestUri: `sip:m@${mallory}`,
    headers: [
      ['From', '<sip:us@x>;tag=9'],
      ['To', '<sip:m@x>'],
      ['Call-ID', 'o1'],
      ['CSeq', '1 OPTIONS'],
    ],
  });
  one.engine.send(options, hop, undefined);
  const asked = one.sent.at(-1)?.text ?? '';
  t.match(asked, /^OPTIONS /);
  const headers = asked.split('\r\n').filter((line) => /^(via|from|to|call-id|cseq):/i.test(line));
  one.receive(`SIP/2.0 200 OK\r\n${headers.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`, victim);
  t.ok(finalsOfVictim('v3') < 4, 'a response that another was asked for');
});

t.test('over TCP, where a source is proved, and to trusted sources nothing is held back', async (t) => {
  const one = await bench({ isTrusted: ({ remoteAddress }) => remoteAddress === victim });
  one.serve = answering(486);
  one.receive(request(), victim);
  one.clock.advance(600);
  t.strictSame(one.take(), ['100', '486', '486']);
});
