// Floods and scanners against a whole engine: they are not answered, and others are served meanwhile.
import t from 'tap';
import type { SipEngineOptions } from '../../../src/sip/index.js';
import { answering, EngineBench } from '../../support/engine-bench.js';

const mallory = '203.0.113.7';
const alice = '192.0.2.1';
const padding = `X-Padding: ${'z'.repeat(300)}\r\n`;

const request = (name: string, method = 'INVITE', extra = padding): string =>
  `${method} sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP host;rport;branch=z9hG4bK${name}\r\nFrom: <sip:a@x>;tag=1\r\n` +
  `To: <sip:b@x>\r\nCall-ID: ${name}\r\nCSeq: 1 ${method}\r\n${extra}Content-Length: 0\r\n\r\n`;

const bench = async (options: Partial<SipEngineOptions>): Promise<EngineBench> => {
  const one = await new EngineBench({ isTrusted: () => false, ...options }).start();
  one.serve = answering(486);
  return one;
};

t.test('a flood from one source does not stop calls from another', async (t) => {
  const one = await bench({ guard: { messagesPerWindow: 50, quietMs: 5000 } });
  for (let i = 0; i < 1000; i++) one.receive(request(`m${i}`), mallory);
  t.equal(one.take().filter((status) => status === '486').length, 50);
  one.receive(request('alice'), alice);
  t.strictSame(one.take(), ['486']);
  t.equal(one.engine.guardCounters.messages, 950);
  t.equal(one.engine.counters.requestsIn.get('INVITE'), 51, 'what is dropped is not read');
  one.clock.advance(5001);
  one.sent.length = 0;
  one.receive(request('again'), mallory);
  t.ok(one.take().includes('486'), 'heard again');
});

t.test(
  'INVITEs above the limit of their source get 503 with Retry-After at once; OPTIONS go on',
  async (t) => {
    const one = await bench({ guard: { invitesPerWindow: 2, isMetered: false } });
    const waiting = await bench({ guard: { openTransactions: 2, isMetered: false } });
    waiting.serve = () => undefined;
    for (const name of ['a', 'b', 'c']) {
      one.receive(request(name), mallory);
      waiting.receive(request(name), mallory);
    }
    t.strictSame(one.take(), ['100', '486', '100', '486', '503']);
    t.equal(
      waiting.sent.filter(({ text }) => /^SIP\/2\.0 503[^]*\r\nRetry-After: 5\r\n/.test(text)).length,
      1,
    );
    one.receive(request('d', 'OPTIONS'), mallory);
    t.strictSame(one.take(), ['486']);
    waiting.clock.advance(120_000);
    waiting.take();
    waiting.receive(request('e'), mallory);
    t.strictSame(waiting.take(), ['100'], 'transactions that ended make room');
  },
);

t.test('requests of scanners are dropped without a word, whatever header of theirs tells', async (t) => {
  const one = await bench({});
  for (const extra of [
    'User-Agent: friendly-scanner\r\n',
    'User-Agent: my FRIENDLY-Scanner 2\r\n',
    'User-Agent: VaxSIPUserAgent/3.5\r\n',
    'User-Agent: sipcli/v1.8\r\n',
    'User-Agent: sundayddr\r\n',
  ]) {
    one.receive(request('s', 'OPTIONS', extra), mallory);
  }
  one.receive(request('t', 'REGISTER').replace('To: <', 'To: "sipvicious" <'), mallory);
  t.strictSame(one.take(), []);
  t.equal(one.engine.counters.spam, 6);
  t.equal(one.engine.openTransactions, 0);
  one.receive(request('u', 'OPTIONS', `User-Agent: Asterisk PBX 20\r\n${padding}`), mallory);
  t.strictSame(one.take(), ['486']);
});

t.test(
  'spammers may be rejected instead, told by other headers, and trusted sources are not looked at',
  async (t) => {
    const rules = { action: 'reject', headers: { 'X-Tool': ['prober'], s: ['hello'] } } as const;
    const one = await bench({ spammers: rules, isTrusted: ({ remoteAddress }) => remoteAddress === alice });
    const scan = request('s', 'OPTIONS', `X-Tool: Prober\r\n${padding}`);
    one.receive(scan, mallory);
    one.receive(request('t', 'OPTIONS', `Subject: hello\r\n${padding}`), mallory);
    t.strictSame(one.take(), ['603', '603']);
    one.receive(request('u', 'OPTIONS', `User-Agent: friendly-scanner\r\n${padding}`), mallory);
    t.strictSame(one.take(), ['486'], 'the rules are those that were given');
    one.receive(scan, alice);
    t.strictSame(one.take(), ['486']);
  },
);
