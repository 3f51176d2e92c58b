// The engine in front of nobody: what it does by itself with what arrives over UDP.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import type { Test } from 'tap';
import { SipEngine } from '../../src/sip/index.js';
import type { SipEngineOptions } from '../../src/sip/index.js';
import { CertificateFolder } from '../support/certificates.js';

const invite = (port: number, via = 'SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bKa'): string =>
  [
    `INVITE sip:bob@127.0.0.1:${port} SIP/2.0`,
    `Via: ${via}`,
    'Max-Forwards: 70',
    'From: <sip:alice@127.0.0.1>;tag=1',
    'To: <sip:bob@127.0.0.1>',
    'Call-ID: engine-test',
    'CSeq: 1 INVITE',
    'Contact: <sip:alice@127.0.0.1:9>',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');

/** Sends one datagram and returns the first line of what comes back within `ms`, if anything does. */
async function exchange(
  t: Test,
  options: Partial<SipEngineOptions>,
  text: (port: number) => string,
  ms = 1000,
): Promise<{ readonly answer: string | undefined; readonly engine: SipEngine }> {
  const engine = new SipEngine({ listen: ['sip:127.0.0.1:0;transport=udp'], ...options });
  await engine.start();
  const socket = createSocket('udp4');
  t.teardown(async () => {
    socket.close();
    await engine.stop();
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const port = engine.localAddresses[0]?.port ?? 0;
  socket.send(text(port), port, '127.0.0.1');
  const signal = AbortSignal.timeout(ms);
  const answer = await once(socket, 'message', { signal }).then(
    ([message]) => String(message).split('\r\n')[0],
    () => undefined,
  );
  return { answer, engine };
}

t.test('without an application a request gets 503', async (t) => {
  const { answer } = await exchange(t, {}, invite);
  t.equal(answer, 'SIP/2.0 503 Service Unavailable');
});

t.test('a source that is screened out gets nothing, not even 100 or 400', async (t) => {
  for (const text of [invite, (port: number) => invite(port).replace('CSeq: 1', 'CSeq: one')]) {
    const { answer, engine } = await exchange(t, { screen: () => false }, text, 300);
    t.equal(answer, undefined);
    t.equal(engine.openTransactions, 0);
  }
});

t.test(
  'a malformed request is answered 400 where it came from, even when its Via cannot be read',
  async (t) => {
    const { answer, engine } = await exchange(t, {}, (port) => invite(port, 'SIP/2.0/UDP 192.0.2.15;;,;,,'));
    t.match(answer, /^SIP\/2\.0 400 /);
    t.equal(engine.counters.malformed, 1);
  },
);

t.test('sips: is 416 without TLS (RFC 3261 8.2.2.1)', async (t) => {
  const secure = (port: number): string => invite(port).replace('INVITE sip:', 'INVITE sips:');
  t.equal((await exchange(t, {}, secure)).answer, 'SIP/2.0 416 Unsupported URI Scheme');
  const folder = await CertificateFolder.make(t);
  const { certificate, key } = await folder.leaf('engine');
  const { answer, engine } = await exchange(
    t,
    {
      listen: ['sip:127.0.0.1:0;transport=udp', { uri: 'sips:127.0.0.1:0', advertised: 'sip.example.com' }],
      tls: { certificate, key, clientCertificates: 'ignore' },
    },
    secure,
  );
  t.equal(answer, 'SIP/2.0 503 Service Unavailable', 'with TLS it goes to the application, if there is one');
  const [udp, tls] = engine.localAddresses;
  t.equal(udp?.hostPort, `127.0.0.1:${udp?.port}`);
  t.equal(tls?.hostPort, `sip.example.com:${tls?.port}`, 'each listener has its own advertised address');
});
