// What bad input gets: unknown numbers, unknown sources, dialogs that are not there, malformed messages.
import { createSocket } from 'node:dgram';
import t from 'tap';
import type { Test } from 'tap';
import { CallStage } from '../support/call-stage.js';
import { waitUntil } from '../support/child-process.js';
import { sumOf } from '../support/metrics-text.js';
import { sippVariants } from '../support/drachtio-server.js';
import { trunkAddress as addresses } from '../support/router-settings.js';
import { sippMissing } from '../support/sipp.js';

const skip = sippMissing() ?? false;
const trunkAddress = addresses.proxy;
const strangerAddress = addresses.stranger;

interface Peer {
  /** What came so far. */
  readonly answers: readonly string[];
  send(texts: readonly (string | Buffer)[]): void;
}

/** A socket at `address` that sends to the router and keeps what it hears. */
async function peer(t: Test, address: string, routerPort: number): Promise<Peer> {
  const answers: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (data) => answers.push(data.toString('latin1')));
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  t.teardown(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  return {
    answers,
    send: (texts) => {
      for (const text of texts) socket.send(text, routerPort, '127.0.0.1');
    },
  };
}

let serial = 0;
/** A request of its own each time, with the Call-ID `request-<serial>`. */
function request(method: string, address: string): string {
  serial += 1;
  return [
    `${method} sip:127.0.0.1 SIP/2.0`,
    `Via: SIP/2.0/UDP ${address}:5999;rport;branch=z9hG4bKrequest${serial}`,
    'Max-Forwards: 70',
    `From: <sip:peer@${address}>;tag=a`,
    'To: <sip:127.0.0.1>',
    `Call-ID: request-${serial}`,
    `CSeq: 1 ${method}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

/** Sends, and waits for the answer to a good request sent after it. @returns what else was answered */
async function answersTo(one: Peer, address: string, texts: readonly (string | Buffer)[]): Promise<string[]> {
  const before = one.answers.length;
  one.send([...texts, request('OPTIONS', address)]);
  const last = `Call-ID: request-${serial}\r\n`;
  const isLast = (answer: string): boolean => answer.includes(last);
  await waitUntil('the request after them is answered', () => one.answers.slice(before).some(isLast));
  return one.answers.slice(before).filter((answer) => !isLast(answer));
}

for (const { transport, isOnDrachtio, name, missing } of sippVariants) {
  void t.test(`refusals over ${name}`, { skip: missing ?? skip }, async (t) => {
    const stage = await CallStage.open({ transport, isOnDrachtio });
    t.teardown(() => stage.close());
    await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });
    const sipPort = Number(stage.sip.split(':').at(-1));
    const refused = async (
      t: Test,
      scenario: string,
      trunk: 'proxy' | 'stranger' = 'proxy',
      called?: string,
    ) => {
      const story = await stage.call(trunk, {
        scenario,
        outcome: false,
        ...(called === undefined ? {} : { called }),
      });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.equal(story.arrivals.length, 0, 'no destination saw it');
    };

    await t.test('unknown dialled number: 404', (t) =>
      refused(t, 'uac-unknown-number', 'proxy', '+18005559999'),
    );
    await t.test('unknown source: 403, counted', async (t) => {
      await refused(t, 'uac-forbidden', 'stranger');
      t.ok(sumOf(await stage.router.metrics(), 'proffer_unknown_source_requests_total') >= 1);
    });
    await t.test('Max-Forwards 0: 483', (t) => refused(t, 'uac-max-forwards-0'));
    await t.test('BYE on an unknown dialog: 481', (t) => refused(t, 'uac-unknown-dialog-bye'));
    await t.test('re-INVITE on an unknown dialog: 481', (t) => refused(t, 'uac-unknown-dialog-invite'));
    await t.test('INFO on an unknown dialog: 481', (t) => refused(t, 'uac-unknown-dialog-info'));
    await t.test('OPTIONS: 200', (t) => refused(t, 'uac-options'));
    if (transport === 'tcp') return;

    await t.test('a body shorter than Content-Length: 400', (t) => refused(t, 'uac-malformed'));
    await t.test('malformed messages are answered 400 or dropped, and calls go on', async (t) => {
      const invite = (change: (lines: string[]) => string[]): string =>
        change([
          `INVITE sip:+18005550100@127.0.0.1:${sipPort} SIP/2.0`,
          'Via: SIP/2.0/UDP 127.0.0.3:5999;rport;branch=z9hG4bKbad' + String(Math.random()).slice(2),
          'Max-Forwards: 70',
          'From: <sip:+15550100001@127.0.0.3>;tag=a',
          `To: <sip:+18005550100@127.0.0.1:${sipPort}>`,
          `Call-ID: bad-${Math.random()}`,
          'CSeq: 1 INVITE',
          'Content-Length: 0',
        ]).join('\r\n') + '\r\n\r\n';
      const without = (name: string) => invite((lines) => lines.filter((line) => !line.startsWith(name)));
      const replaced = (name: string, by: string) =>
        invite((lines) => lines.map((line) => (line.startsWith(name) ? by : line)));
      const trunk = await peer(t, trunkAddress, sipPort);
      const answerable = [
        without('To:'),
        replaced('CSeq:', 'CSeq: x INVITE'),
        replaced('CSeq:', 'CSeq: 1 BYE'),
        replaced('From:', 'From: <sip:+15550100001@127.0.0.3'),
        replaced('Content-Length:', 'Content-Length: minus one'),
      ];
      for (const text of answerable) {
        const answers = await answersTo(trunk, trunkAddress, [text]);
        t.ok(
          answers.every((one) => one.startsWith('SIP/2.0 4')),
          answers[0] ?? 'dropped',
        );
      }
      const hopeless = [
        '',
        '\r\n\r\n',
        'hello',
        'INVITE',
        '\0\0\0\0',
        'SIP/2.0 200 OK\r\n\r\n',
        Buffer.alloc(60_000, 'x'),
      ];
      t.same(await answersTo(trunk, trunkAddress, hopeless), []);
      const story = await stage.call('proxy', { scenario: 'uac-call' });
      t.equal(story.run.exitCode, 0, story.run.errors);
      t.equal(stage.router.child.hasExited, false);
    });
  });
}

void t.test('unknown sources in silence', { skip }, async (t) => {
  const stage = await CallStage.open({
    edit: (draft) => {
      draft.trunks.unknownSource = 'silence';
    },
  });
  t.teardown(() => stage.close());
  const strange = (method: string): string => request(method, strangerAddress);
  const malformed = strange('INVITE').replace('CSeq: 1', 'CSeq: one');
  const stranger = await peer(t, strangerAddress, stage.router.sipPort);
  const trunk = await peer(t, trunkAddress, stage.router.sipPort);
  stranger.send([strange('OPTIONS'), strange('INVITE'), malformed]);
  await answersTo(trunk, trunkAddress, []);
  // A 100 would be sent by itself after 200 ms (RFC 3261 17.2.1).
  await new Promise((resolve) => setTimeout(resolve, 800));
  t.same(stranger.answers, [], 'not even a 100');

  // 200 messages in 2 s is what sip.limits lets a stranger send; a trunk has no such limit. Not all at once: a socket whose
  // buffer is full drops what comes.
  const limited = async (): Promise<number> =>
    sumOf(await stage.router.metrics(), 'proffer_sip_sources_limited_total', { limit: 'messages' });
  await waitUntil('messages of the stranger are dropped unread', async () => {
    stranger.send(Array.from({ length: 60 }, () => strange('OPTIONS')));
    return (await limited()) >= 1;
  });
  // All of them are read when what was sent after them is.
  await answersTo(trunk, trunkAddress, []);
  const ofStranger = await limited();
  const few = 20;
  for (let wanted = trunk.answers.length + few; wanted <= 400; wanted += few) {
    trunk.send(Array.from({ length: few }, () => request('OPTIONS', trunkAddress)));
    await waitUntil(`${wanted} answers to the trunk`, () => trunk.answers.length >= wanted, 30_000, 5);
  }
  t.equal(await limited(), ofStranger, 'nothing of the trunk was dropped');
  t.same(stranger.answers, []);
});
