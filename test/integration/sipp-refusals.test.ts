// What bad input gets: unknown numbers, unknown sources, dialogs that are not there, malformed messages.
import { createSocket } from 'node:dgram';
import t from 'tap';
import type { Test } from 'tap';
import { CallStage } from '../support/call-stage.js';
import { sumOf } from '../support/metrics-text.js';
import { sippMissing } from '../support/sipp.js';

const skip = sippMissing() ?? false;

/** Sends datagrams from one socket at `address`; resolves with the answers that came within `waitMs`. */
async function datagrams(
  address: string,
  port: number,
  texts: readonly (string | Buffer)[],
  waitMs = 400,
): Promise<string[]> {
  const answers: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (data) => answers.push(data.toString('latin1')));
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  for (const text of texts) socket.send(text, port, '127.0.0.1');
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return answers;
}

for (const transport of ['udp', 'tcp'] as const) {
  void t.test(`refusals over ${transport}`, { skip }, async (t) => {
    const stage = await CallStage.open({ transport });
    t.teardown(() => stage.close());
    await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });
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
          `INVITE sip:+18005550100@127.0.0.1:${stage.router.sipPort} SIP/2.0`,
          'Via: SIP/2.0/UDP 127.0.0.3:5999;rport;branch=z9hG4bKbad' + String(Math.random()).slice(2),
          'Max-Forwards: 70',
          'From: <sip:+15550100001@127.0.0.3>;tag=a',
          `To: <sip:+18005550100@127.0.0.1:${stage.router.sipPort}>`,
          `Call-ID: bad-${Math.random()}`,
          'CSeq: 1 INVITE',
          'Content-Length: 0',
        ]).join('\r\n') + '\r\n\r\n';
      const without = (name: string) => invite((lines) => lines.filter((line) => !line.startsWith(name)));
      const replaced = (name: string, by: string) =>
        invite((lines) => lines.map((line) => (line.startsWith(name) ? by : line)));
      const answerable = [
        without('To:'),
        replaced('CSeq:', 'CSeq: x INVITE'),
        replaced('CSeq:', 'CSeq: 1 BYE'),
        replaced('From:', 'From: <sip:+15550100001@127.0.0.3'),
        replaced('Content-Length:', 'Content-Length: minus one'),
      ];
      for (const text of answerable) {
        const answers = await datagrams('127.0.0.3', stage.router.sipPort, [text]);
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
      t.same(await datagrams('127.0.0.3', stage.router.sipPort, hopeless), []);
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
  const text = (method: string): string =>
    [
      `${method} sip:127.0.0.1:${stage.router.sipPort} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.9:5999;rport;branch=z9hG4bKstranger${method}`,
      'Max-Forwards: 70',
      'From: <sip:scanner@127.0.0.9>;tag=a',
      'To: <sip:127.0.0.1>',
      `Call-ID: stranger-${method}`,
      `CSeq: 1 ${method}`,
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n');
  const malformed = text('INVITE').replace('CSeq: 1', 'CSeq: one');
  const messages = [text('OPTIONS'), text('INVITE'), malformed];
  t.same(await datagrams('127.0.0.9', stage.router.sipPort, messages, 800), [], 'not even a 100');

  // 200 messages in 2 s is what sip.limits lets a stranger send; a trunk has no such limit.
  const flood = Array.from({ length: 400 }, () => text('OPTIONS'));
  await datagrams('127.0.0.9', stage.router.sipPort, flood, 100);
  const fromTrunk = await datagrams('127.0.0.3', stage.router.sipPort, flood, 800);
  t.ok(fromTrunk.length > 200, `${fromTrunk.length} answers to a trunk`);
  const limited = sumOf(await stage.router.metrics(), 'proffer_sip_sources_limited_total', {
    limit: 'messages',
  });
  t.ok(limited >= 1, `${limited} messages of the stranger were dropped unread`);
});
