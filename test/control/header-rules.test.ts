import t from 'tap';
import { appLines, bracketed, localise, ownContact } from '../../src/control/header-rules.js';

const udp = { protocol: 'udp', address: '127.0.0.1', port: 5060, hostPort: '127.0.0.1:5060' } as const;
const tcp = { ...udp, protocol: 'tcp' } as const;

t.test('localhost stands for our address', (t) => {
  for (const [given, expected] of [
    ['sip:5551000@localhost', 'sip:5551000@127.0.0.1:5060'],
    ['"Al" <sip:al@localhost>;tag=1', '"Al" <sip:al@127.0.0.1:5060>;tag=1'],
    ['<sip:localhost:9999>', '<sip:127.0.0.1:5060>'],
    ['<sip:x@localhost;foo=1>', '<sip:x@127.0.0.1:5060;foo=1>'],
    ['<sip:x@localhost.example.com>', '<sip:x@localhost.example.com>'],
    ['<sip:localhost@example.com>', '<sip:localhost@example.com>'],
  ] as const) {
    t.equal(localise('from', given, udp), expected, given);
  }
  t.equal(localise('contact', '<sip:x@localhost>', tcp), '<sip:x@127.0.0.1:5060;transport=tcp>');
  t.equal(ownContact(tcp), '<sip:127.0.0.1:5060;transport=tcp>');
  t.end();
});

t.test('brackets keep parameters of the header apart from those of the URI', (t) => {
  t.equal(bracketed('sip:a@b'), '<sip:a@b>');
  t.equal(bracketed('sip:a@b;tag=1'), '<sip:a@b>;tag=1');
  t.equal(bracketed('"x" <sip:a@b>'), '"x" <sip:a@b>');
  t.equal(bracketed('*'), '*');
  t.end();
});

t.test('lines of the application', (t) => {
  const line = (name: string, value: string) => ({ name, spelled: name, value });
  const lines = appLines(
    [
      line('via', 'x'),
      line('route', '<sip:r>'),
      line('rseq', '1'),
      line('subject', 'hi'),
      line('to', 'sip:a@b'),
    ],
    new Set(['to']),
    udp,
  );
  t.strictSame(lines, [line('subject', 'hi')]);
  t.strictSame(
    appLines([line('contact', '<sip:a@b>;q=1, <sip:c@d>;q=0.5')], new Set(), udp)?.map((one) => one.value),
    ['<sip:a@b>;q=1, <sip:c@d>;q=0.5'],
  );
  t.equal(appLines([line('contact', '<sip:a@b')], new Set(), udp), undefined, 'a malformed Contact');
  t.end();
});
