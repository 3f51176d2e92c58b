// What the transport shows a tap: every message either way, as it was on the wire.
import t from 'tap';
import { silentLogger } from '../../../src/kernel/index.js';
import { createResponse, MessageTrace, parseListenAddress, TransportLayer } from '../../../src/sip/index.js';
import { textOf } from '../message/messages.js';

for (const protocol of ['udp', 'tcp'] as const) {
  t.test(`messages over ${protocol}, well-formed or not`, async (t) => {
    const trace = new MessageTrace({ keepBytes: 1_000_000 });
    let noteRefused: () => void = () => undefined;
    const refused = new Promise<void>((resolve) => (noteRefused = resolve));
    const bob = new TransportLayer({
      log: silentLogger,
      tap: trace,
      onMessage: (message, flow) => {
        const target = { protocol, address: flow.remoteAddress, port: flow.remotePort, flow };
        bob.send(createResponse(message, 200, undefined, 'bob'), target, () => undefined);
      },
      onBadMessage: () => noteRefused(),
    });
    let noteAnswer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (noteAnswer = resolve));
    const alice = new TransportLayer({
      log: silentLogger,
      onMessage: () => noteAnswer(),
      onBadMessage: () => undefined,
    });
    t.teardown(async () => Promise.all([alice.close(), bob.close()]));
    await bob.listen(parseListenAddress(`sip:127.0.0.1:0;transport=${protocol}`));
    await alice.listen(parseListenAddress(`sip:127.0.0.1:0;transport=${protocol}`));
    const port = bob.listenAddresses[0]?.port ?? 0;
    const send = (text: string): void => {
      alice.send(text, { protocol, address: '127.0.0.1', port }, (error) => t.error(error));
    };
    const body = 'v=0\r\n\xff';
    const request = textOf({
      headers: { 'Call-ID': 'good@alice', 'Content-Length': String(body.length) },
      body,
    });
    send(request);
    await answered;
    send('NONSENSE\r\nVia: x\r\n\r\n');
    await refused;
    const [asked, answer, ...rest] = trace.messagesOf(['good@alice']);
    t.strictSame(rest, []);
    t.match(asked, { isSent: false, protocol, local: `127.0.0.1:${port}`, text: request });
    t.match(answer, { isSent: true, protocol, local: `127.0.0.1:${port}`, peer: asked?.peer });
    t.ok(answer?.text.startsWith('SIP/2.0 200 OK\r\n'));
    t.match(trace.messagesOf(['']), [{ isSent: false, text: 'NONSENSE\r\nVia: x\r\n\r\n' }]);
  });
}
