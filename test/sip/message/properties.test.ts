// Laws of the parser, tried on generated and on damaged messages.
import fc from 'fast-check';
import t from 'tap';
import {
  firstOfList,
  parseMessage,
  parseNameAddr,
  parseSipUri,
  parseVia,
  quote,
  restOfList,
  splitList,
  unquote,
} from '../../../src/sip/index.js';
import { StreamFramer } from '../../../src/sip/message/stream-framer.js';
import { textOf } from './messages.js';

const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const bytes = (maxLength: number) => fc.array(byte, { maxLength }).map((all) => all.join(''));
const printable = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
const token = fc.string({
  unit: fc.constantFrom(...Array.from("abcXYZ019-.!%*_+`'~")),
  minLength: 1,
  maxLength: 12,
});
const host = fc.constantFrom('192.0.2.1', 'a.example.com', '[2001:db8::1]', 'h');
const user = fc.string({
  unit: fc.constantFrom(...Array.from("abcXYZ019-_.!~*'()&=+$,;?/")),
  minLength: 1,
  maxLength: 12,
});
const uri = fc
  .tuple(
    fc.constantFrom('sip', 'sips'),
    fc.option(user),
    host,
    fc.option(fc.integer({ min: 1, max: 65535 })),
    fc.array(token, { maxLength: 3 }),
  )
  .map(([scheme, name, at, port, params]) => {
    const safe = params.map((one) => `;p${one.replace(/[%`]/g, '')}`).join('');
    return `${scheme}:${name === null ? '' : `${name}@`}${at}${port === null ? '' : `:${port}`}${safe}`;
  });
const display = fc.oneof(
  fc.constant(''),
  token.map((one) => `${one} `),
  printable.map((one) => `${quote(one)} `),
);
const address = fc.tuple(display, uri, token).map(([name, at, tag]) => `${name}<${at}>;tag=${tag}`);
const extension = fc.tuple(token, printable).map(([name, value]) => `X${name}: ${value}\r\n`);

const message = fc
  .record({
    method: token,
    requestUri: uri,
    vias: fc.array(fc.tuple(host, token), { minLength: 1, maxLength: 4 }),
    from: address,
    to: address,
    callId: token,
    number: fc.integer({ min: 0, max: 0xffff_ffff }),
    extensions: fc.array(extension, { maxLength: 6 }),
    body: bytes(60),
  })
  .map(
    ({ method, requestUri, vias, from, to, callId, number, extensions, body }) =>
      `${method} ${requestUri} SIP/2.0\r\n` +
      vias.map(([at, branch]) => `Via: SIP/2.0/UDP ${at};branch=z9hG4bK${branch}\r\n`).join('') +
      `From: ${from}\r\nTo: ${to}\r\nCall-ID: ${callId}\r\nCSeq: ${number} ${method}\r\n` +
      extensions.join('') +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );

t.test('a sound message is accepted, and written as it was read', (t) => {
  fc.assert(
    fc.property(message, (text) => {
      const result = parseMessage(text, 'stream');
      if (!result.ok) throw new Error(result.reason);
      const written = result.message.toString();
      const again = parseMessage(written, 'stream');
      return again.ok && again.message.toString() === written && again.message.body === result.message.body;
    }),
    { numRuns: 500 },
  );
  t.end();
});

/** Damage at some places: bytes changed, put in, taken out. */
const damage = fc.array(
  fc.record({
    at: fc.nat(),
    kind: fc.constantFrom('change', 'insert', 'remove'),
    byte: fc.oneof(byte, fc.constantFrom(...Array.from('\r\n\0 :;,<>"\\/@%[]'))),
  }),
  { minLength: 1, maxLength: 12 },
);

function damaged(text: string, changes: readonly { at: number; kind: string; byte: string }[]): string {
  let result = text;
  for (const { at, kind, byte: one } of changes) {
    const i = at % (result.length + 1);
    result =
      result.slice(0, i) + (kind === 'remove' ? '' : one) + result.slice(kind === 'insert' ? i : i + 1);
  }
  return result;
}

/** Reads everything that can be read of what came out, and checks what every result promises. */
function readAll(text: string): boolean {
  const result = parseMessage(Buffer.from(text, 'latin1'), 'datagram');
  const read = result.ok ? result.message : result.partial;
  if (read === null) return true;
  for (const line of read.headerLines()) {
    if (/[\r\n]/.test(line.value)) return false;
    for (const element of read.list(line.name)) {
      parseNameAddr(element);
      parseVia(element);
      parseSipUri(element);
    }
  }
  if (!result.ok) return true;
  const { message: sound } = result;
  if (sound.topVia() === null || sound.from() === null || sound.to() === null || sound.cseq() === null)
    return false;
  const again = parseMessage(sound.toString(), 'stream');
  return again.ok && again.message.toString() === sound.toString();
}

t.test('the parser never throws, and accepts nothing that it would not accept again', (t) => {
  fc.assert(fc.property(bytes(300), readAll), { numRuns: 1000 });
  fc.assert(
    fc.property(message, damage, (text, changes) => readAll(damaged(text, changes))),
    { numRuns: 3000 },
  );
  fc.assert(
    fc.property(damage, (changes) =>
      readAll(damaged(textOf({ lines: 'Subject: a\r\n b\r\nRoute: <sip:a;lr>, <sip:b>\r\n' }), changes)),
    ),
    { numRuns: 1000 },
  );
  t.end();
});

t.test('the framer never throws, and how a stream is cut changes nothing', (t) => {
  const stream = fc.tuple(fc.array(message, { minLength: 1, maxLength: 3 }), fc.option(damage));
  const shown = (framer: StreamFramer, chunks: readonly string[]): string =>
    JSON.stringify(
      chunks
        .flatMap((chunk) => framer.push(Buffer.from(chunk, 'latin1')))
        .map((frame) =>
          frame.kind === 'ping'
            ? 'ping'
            : frame.result.ok
              ? frame.result.message.toString()
              : frame.result.reason,
        ),
    );
  fc.assert(
    fc.property(
      stream,
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }),
      ([messages, changes], sizes) => {
        const text = changes === null ? messages.join('') : damaged(messages.join(''), changes);
        const chunks: string[] = [];
        for (let pos = 0, i = 0; pos < text.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          chunks.push(text.slice(pos, pos + size));
          pos += size;
        }
        return shown(new StreamFramer(), [text]) === shown(new StreamFramer(), chunks);
      },
    ),
    { numRuns: 500 },
  );
  t.end();
});

t.test('lists: splitting undoes joining, and first and rest make the whole', (t) => {
  const lists = fc.array(address, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(lists, fc.constantFrom(',', ', ', ' ,\t'), (elements, comma) => {
      const line = elements.join(comma);
      const parts = splitList(line);
      return (
        parts.join('|') === elements.join('|') &&
        firstOfList(line) === elements[0] &&
        splitList(restOfList(line)).join('|') === elements.slice(1).join('|')
      );
    }),
  );
  t.end();
});

t.test('quoting is undone by unquoting', (t) => {
  fc.assert(fc.property(printable, (text) => unquote(quote(text)) === text));
  t.end();
});
