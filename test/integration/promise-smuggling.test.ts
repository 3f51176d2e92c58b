// Promise 7 of the field notes: nothing that an untrusted trunk sends appears as trusted on the other leg. An INVITE is given
// headers that only a trust domain or we may set, in every disguise that a parser may fall for, and what leaves the router is
// read as loosely as a careless one would.
import { createSocket } from 'node:dgram';
import fc from 'fast-check';
import t from 'tap';
import { acme } from '../calls/story.js';
import { openCallsStage } from './calls-support.js';
import type { CallsStage } from './calls-support.js';
import { sdp } from './control-support.js';

t.setTimeout(300_000);

const names = [
  'P-Asserted-Identity',
  'P-Preferred-Identity',
  'Remote-Party-ID',
  'P-Charging-Vector',
  'P-Charge-Info',
  'X-Offer-ID',
  'X-Offer-URL',
  'X-Decision-ID',
  'X-Customer-Ref',
  'X-Sales-Offer-ID',
  'User-to-User',
  'Call-Info',
] as const;
const evil = 'evil';
const identity = `<sip:${evil}@10.9.9.9>`;

/** Ways to write `name: evil` so that it is not taken for what it is. `$` is the header. */
const disguises = {
  plain: '$',
  'lower case': '$lower',
  'blanks before the colon': '$name \t : $value',
  'a fold before the value': '$name:\r\n  $value',
  'a fold in another header': 'Subject: hi\r\n $',
  'a fold with a tab in another header': 'Subject: hi\r\n\t$',
  'a fold in a header that is copied in dialogs': 'Reason: SIP;cause=1;text="a"\r\n $',
  'a fold in a quoted string': 'Subject: "hi\r\n $"',
  'a bare CR': 'Subject: hi\r$',
  'a bare LF': 'Subject: hi\n$',
  'a NUL': 'Subject: hi\0$',
  'an escaped CR in a quoted string': 'Subject: "hi\\\r$"',
  'an escaped LF in a quoted string': 'Subject: "hi\\\n$"',
  'an escaped NUL in a quoted string': 'Subject: "hi\\\0$"',
  'percent signs': 'Subject: hi%0d%0a$',
  'a comma': 'Subject: hi, $',
  'a control character before the colon': '$name\x0b: $value',
  'a NUL before the colon': '$name\0: $value',
  'a compact form': 's: hi\r\n $',
  'a vertical tab': 'Subject: hi\x0b$',
  'a next line': 'Subject: hi\x85$',
  'a Unicode line separator': 'Subject: hi\xe2\x80\xa8$',
} as const;

/** Places in From, To, Contact and the Request-URI. */
const places = {
  none: undefined,
  'URI headers of From': ['From', `"A" <sip:+15550100001@127.0.0.1?$url>`],
  'escaped line break in the user of From': ['From', `"A" <sip:+15550100001%0d%0a$url@127.0.0.1>`],
  'display name of From': ['From', `"A\\\r\n $" <sip:+15550100001@127.0.0.1>`],
  'folded display name of From': ['From', `"A\r\n $" <sip:+15550100001@127.0.0.1>`],
  'parameter of From': ['From', `"A" <sip:+15550100001@127.0.0.1>;x="\r\n $"`],
  'parameter of the URI of To': ['To', `<sip:${acme}@127.0.0.1;x=%0D%0A$url>`],
  'URI headers of Contact': ['Contact', `<sip:a@127.0.0.1?$url>`],
  'parameter of the Request-URI': ['', `;x=%0d%0a$url`],
} as const;

interface Attempt {
  readonly name: (typeof names)[number];
  readonly disguise: keyof typeof disguises;
  readonly place: keyof typeof places;
  /** The header stands in a part of the body too. */
  readonly isMultipart: boolean;
}

const attempts: fc.Arbitrary<Attempt> = fc.record({
  name: fc.constantFrom(...names),
  disguise: fc.constantFrom(...(Object.keys(disguises) as (keyof typeof disguises)[])),
  place: fc.constantFrom(...(Object.keys(places) as (keyof typeof places)[])),
  isMultipart: fc.boolean(),
});

function written(template: string, name: string): string {
  const line = `${name}: ${identity}`;
  return template
    .replace('$lower', line.toLowerCase())
    .replace('$url', () => `${name}=${encodeURIComponent(identity)}`)
    .replace('$name', name)
    .replace('$value', identity)
    .replace('$', () => line);
}

let calls = 0;

function inviteOf(attempt: Attempt, sipPort: number, port: number): { text: string; callId: string } {
  calls += 1;
  const callId = `smuggle-${calls}-${port}`;
  const [header, value] = places[attempt.place] ?? [undefined, ''];
  const place = written(value, attempt.name);
  const own = (name: string, plain: string): string => `${name}: ${header === name ? place : plain}`;
  const body = attempt.isMultipart
    ? `--b\r\nContent-Type: application/sdp\r\n\r\n${sdp}\r\n--b\r\n${attempt.name}: ${identity}\r\n\r\n\r\n--b--\r\n`
    : sdp;
  const lines = [
    `INVITE sip:${acme}@127.0.0.1:${sipPort}${header === '' ? place : ''} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK-${callId}`,
    `${own('From', '"A" <sip:+15550100001@127.0.0.1>')};tag=a`,
    own('To', `<sip:${acme}@127.0.0.1:${sipPort}>`),
    `Call-ID: ${callId}`,
    'CSeq: 1 INVITE',
    own('Contact', `<sip:a@127.0.0.1:${port}>`),
    'Max-Forwards: 70',
    written(disguises[attempt.disguise], attempt.name),
    `Content-Type: ${attempt.isMultipart ? 'multipart/mixed;boundary=b' : 'application/sdp'}`,
    `Content-Length: ${body.length}`,
  ];
  return { text: `${lines.join('\r\n')}\r\n\r\n${body}`, callId };
}

/** Headers of the forger, as a reader sees them that takes any line break for one. */
function smuggled(message: string): string[] {
  const [head = ''] = message.split('\r\n\r\n', 1);
  return head
    .split(/[\r\n]+|(?<!\\)\0/)
    .map((line) => line.trim())
    .filter((line) => names.some((name) => line.toLowerCase().startsWith(name.toLowerCase())))
    .filter((line) => line.toLowerCase().includes(evil));
}

/** A party that answers every INVITE as told, and keeps what it got. */
class Listener {
  readonly heard: string[] = [];
  #waiting: { isThere: () => boolean; resolve: () => void }[] = [];
  readonly #socket = createSocket('udp4');
  port = 0;

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.bind(0, '127.0.0.1', () => resolve()));
    this.port = this.#socket.address().port;
    this.#socket.on('message', (data) => {
      this.heard.push(data.toString('latin1'));
      for (const one of this.#waiting) if (one.isThere()) one.resolve();
      this.#waiting = this.#waiting.filter(({ isThere }) => !isThere());
    });
  }

  /** Waits until something that was heard makes it true. */
  async until(isThere: () => boolean): Promise<void> {
    if (!isThere()) await new Promise<void>((resolve) => this.#waiting.push({ isThere, resolve }));
  }

  send(text: string, port: number): void {
    this.#socket.send(Buffer.from(text, 'latin1'), port, '127.0.0.1');
  }

  close(): void {
    this.#socket.close();
  }
}

/** Sends the INVITE and waits until the router is done with it. @returns whether it was taken */
async function attemptCall(stage: CallsStage, trunk: Listener, attempt: Attempt): Promise<boolean> {
  const sipPort = stage.engine.localAddresses[0]?.port ?? 0;
  const { text, callId } = inviteOf(attempt, sipPort, trunk.port);
  trunk.send(text, sipPort);
  const probe = `probe-${callId}`;
  trunk.send(
    `OPTIONS sip:127.0.0.1:${sipPort} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${trunk.port};branch=z9hG4bK-${probe}\r\n` +
      `From: <sip:a@127.0.0.1>;tag=p\r\nTo: <sip:127.0.0.1>\r\nCall-ID: ${probe}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`,
    sipPort,
  );
  const of = (id: string, status: RegExp): string | undefined =>
    trunk.heard.find((one) => one.includes(`z9hG4bK-${id}`) && status.test(one));
  await trunk.until(() => of(probe, /^SIP\/2\.0 [2-6]/) !== undefined);
  const first = of(callId, /^SIP\/2\.0 /);
  if (first === undefined || !first.startsWith('SIP/2.0 1')) return false;
  await trunk.until(() => of(callId, /^SIP\/2\.0 [2-6]/) !== undefined);
  const final = of(callId, /^SIP\/2\.0 [3-6]/);
  if (final !== undefined) {
    const to = /^To: .*$/m.exec(final)?.[0] ?? '';
    trunk.send(
      text
        .replace(/^INVITE/, 'ACK')
        .replace('1 INVITE', '1 ACK')
        .replace(/^To: .*$/m, to),
      sipPort,
    );
  }
  return true;
}

for (const action of ['b2bua', 'proxy', 'redirect'] as const) {
  void t.test(
    `promise 7: nothing smuggled is on the other side of a trunk that is a ${action}`,
    async (t) => {
      const stage = await openCallsStage('in-process', { action, trusted: false });
      const trunk = new Listener();
      await trunk.open();
      t.teardown(async () => {
        trunk.close();
        await stage.close();
      });
      const seen: string[] = [];
      const decline = (peer: typeof stage.east): void => {
        void peer.hearRequest('INVITE').then((invite) => {
          seen.push(invite.toString());
          // 6xx: the search is over.
          peer.reply(invite, 603);
          decline(peer);
        });
      };
      decline(stage.east);
      decline(stage.west);
      let taken = 0;
      await fc.assert(
        fc.asyncProperty(attempts, async (attempt) => {
          const before = seen.length;
          if (await attemptCall(stage, trunk, attempt)) taken += 1;
          const out = [
            ...seen.slice(before),
            ...trunk.heard.splice(0).filter((one) => one.startsWith('SIP/2.0 302')),
          ];
          return out.flatMap(smuggled).length === 0;
        }),
        {
          numRuns: 150,
          seed: 7,
          examples: names.map((name) => [{ name, disguise: 'plain', place: 'none', isMultipart: false }]),
        },
      );
      t.ok(taken > 60, `${taken} calls were taken`);
      if (action !== 'redirect') t.ok(seen.length > 60, `${seen.length} arrived at a centre`);
    },
  );
}
