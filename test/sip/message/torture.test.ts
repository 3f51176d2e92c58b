// What the parser does with each message of RFC 4475. The messages are shared test data beside the repository.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { createResponse, parseMessage } from '../../../src/sip/index.js';
import { repositoryRoot } from '../../support/repository-root.js';

const folder = resolve(repositoryRoot, '../shared/torture/rfc4475');

/** `accept`, a status that it is answered with, or `drop` for what cannot or must not be answered. */
const expected: Readonly<Record<string, 'accept' | 'drop' | number>> = {
  // 3.1.1 Valid messages.
  wsinv: 'accept',
  intmeth: 'accept',
  esc01: 'accept',
  escnull: 'accept',
  esc02: 'accept',
  lwsdisp: 'accept',
  longreq: 'accept',
  dblreq: 'accept',
  semiuri: 'accept',
  transports: 'accept',
  mpart01: 'accept',
  unreason: 'accept',
  noreason: 'accept',
  // 3.1.2 Invalid messages.
  badinv01: 400,
  clerr: 400,
  ncl: 400,
  scalar02: 400,
  scalarlg: 'drop',
  quotbal: 400,
  ltgtruri: 400,
  lwsruri: 400,
  lwsstart: 400,
  trws: 400,
  escruri: 400,
  // "Could choose to ignore this malformed header field": a Date decides nothing here.
  baddate: 'accept',
  regbadct: 400,
  badaspec: 400,
  baddn: 400,
  badvers: 505,
  mismatch01: 400,
  mismatch02: 400,
  bigcode: 'drop',
  // 3.2 Transaction layer semantics: "could reject the request with a 400".
  badbranch: 400,
  // 3.3 Application layer semantics: for the layers above unless a required header is missing or doubled.
  insuf: 400,
  unkscm: 'accept',
  novelsc: 'accept',
  unksm2: 'accept',
  bext01: 'accept',
  invut: 'accept',
  regaut01: 'accept',
  multi01: 400,
  mcl01: 400,
  bcast: 'accept',
  zeromf: 'accept',
  cparam01: 'accept',
  cparam02: 'accept',
  regescrt: 'accept',
  sdp01: 'accept',
  // 3.4 Backward compatibility.
  inv2543: 'accept',
};

const skip = existsSync(folder) ? false : 'the messages of RFC 4475 are not beside this repository';

t.test('RFC 4475', { skip }, (t) => {
  t.strictSame(
    readdirSync(folder)
      .map((file) => file.replace('.dat', ''))
      .sort(),
    Object.keys(expected).sort(),
    'every message is in the table',
  );
  for (const [name, outcome] of Object.entries(expected)) {
    const bytes = readFileSync(join(folder, `${name}.dat`));
    const result = parseMessage(bytes, 'datagram');
    if (result.ok) {
      t.equal(outcome, 'accept', name);
      const again = parseMessage(result.message.toString(), 'stream');
      t.equal(
        again.ok && again.message.toString(),
        result.message.toString(),
        `${name}: written and read again`,
      );
    } else if (result.partial === null) {
      t.equal(outcome, 'drop', name);
    } else {
      t.equal(outcome, result.status, `${name}: ${result.reason}`);
      const response = createResponse(result.partial, result.status, result.reason, 'tag');
      t.match(response.toString(), `SIP/2.0 ${result.status} ${result.reason}\r\n`, `${name}: answered`);
    }
  }
  t.end();
});

const read = (name: string) => {
  const result = parseMessage(readFileSync(join(folder, `${name}.dat`)), 'datagram');
  if (!result.ok) throw new Error(result.reason);
  return result.message;
};

t.test('RFC 4475 3.1.1.1: a short tortuous INVITE is understood', { skip }, (t) => {
  const message = read('wsinv');
  t.equal(message.to()?.tag, '1918181833n');
  t.equal(message.from()?.displayName, 'J Rosenberg \\"');
  t.equal(message.from()?.tag, '98asjd8');
  t.strictSame(message.cseq(), { number: 9, method: 'INVITE' });
  t.equal(message.topVia()?.host, '192.0.2.2');
  t.equal(message.topVia()?.branch, '390skdjuw');
  t.equal(message.list('via').length, 3);
  t.equal(message.get('max-forwards'), '0068');
  t.equal(message.get('subject'), '');
  t.equal(message.body.length, 150);
  t.end();
});

t.test('RFC 4475 3.1.1.2: a wide range of valid characters', { skip }, (t) => {
  const message = read('intmeth');
  t.equal(message.method, "!interesting-Method0123456789_*+`.%indeed'~");
  t.equal(message.uri()?.user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
  t.equal(message.uri()?.password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
  t.equal(message.to()?.displayName, 'BEL:\x07 NUL:\0 DEL:\x7f');
  t.equal(message.from()?.tag, "_token~1'+`*%!-.");
  t.end();
});

t.test('RFC 4475 3.1.1.11: a multipart MIME body is intact', { skip }, (t) => {
  const bytes = readFileSync(join(folder, 'mpart01.dat'));
  const message = read('mpart01');
  t.equal(message.body.length, 553);
  t.equal(Buffer.from(message.body, 'latin1').equals(bytes.subarray(-553)), true);
  t.end();
});

t.test('RFC 4475 3.1.1.8: what follows the first request in a datagram is ignored', { skip }, (t) => {
  t.equal(read('dblreq').method, 'REGISTER');
  t.equal(read('dblreq').body, '');
  t.end();
});
