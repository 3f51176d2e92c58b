import t from 'tap';
import { parseNameAddr, parseVia, quote, unquote } from '../../../src/sip/index.js';

t.test('addresses that parse (RFC 3261 20.10, 25.1)', (t) => {
  for (const [text, display, uri, tag, params] of [
    ['<sip:a@b>', '', 'sip:a@b', undefined, []],
    ['sip:a@b', '', 'sip:a@b', undefined, []],
    ['sip:a@b;tag=1', '', 'sip:a@b', '1', [['tag', '1']]],
    ['<sip:a@b;x=1>;tag=2', '', 'sip:a@b;x=1', '2', [['tag', '2']]],
    ['sip:a@b ;   tag    = 19', '', 'sip:a@b', '19', [['tag', '19']]],
    ['"A. G. Bell" <sip:a@b> ;TAG=x', 'A. G. Bell', 'sip:a@b', 'x', [['tag', 'x']]],
    ['Bob <sip:a@b>', 'Bob', 'sip:a@b', undefined, []],
    ['caller<sip:a@b>;tag=3', 'caller', 'sip:a@b', '3', [['tag', '3']]],
    ['T. W. Atson <sip:a@b>', 'T. W. Atson', 'sip:a@b', undefined, []],
    ['"J \\\\\\"" <sip:a@b>', 'J \\"', 'sip:a@b', undefined, []],
    ['"<sip:x>,;" <sip:a@b>', '<sip:x>,;', 'sip:a@b', undefined, []],
    ['"" <sip:a@b>', '', 'sip:a@b', undefined, []],
    ['J\xc3\xb6rg <sip:a@b>', 'J\xc3\xb6rg', 'sip:a@b', undefined, []],
    ['<tel:+15550100001>;tag=4', '', 'tel:+15550100001', '4', [['tag', '4']]],
    ['tel:+15550100001;tag=4', '', 'tel:+15550100001', '4', [['tag', '4']]],
    ['isbn:2983792873', '', 'isbn:2983792873', undefined, []],
    ['<http://www.example.com>;tag=5', '', 'http://www.example.com', '5', [['tag', '5']]],
    ['sip:a@b;x="<y>;\\""', '', 'sip:a@b', undefined, [['x', '"<y>;\\""']]],
    [
      '<sip:a@b>;q=0.7;+sip.instance="<urn:uuid:0>"',
      '',
      'sip:a@b',
      undefined,
      [
        ['q', '0.7'],
        ['+sip.instance', '"<urn:uuid:0>"'],
      ],
    ],
    ['<sip:a@b>;flag', '', 'sip:a@b', undefined, [['flag', true]]],
    ['<sip:a@b>;tag', '', 'sip:a@b', undefined, [['tag', true]]],
  ] as [string, string, string, string | undefined, unknown][]) {
    const address = parseNameAddr(text);
    t.strictSame(
      address && [address.displayName, address.uri, address.tag, [...address.params]],
      [display, uri, tag, params],
      text,
    );
  }
  t.end();
});

t.test('addresses that do not parse', (t) => {
  for (const text of [
    '',
    ' ',
    '*',
    'Bob',
    '<>',
    '<sip:a@b',
    'sip:a@b>',
    '"Bob <sip:a@b>',
    '"Bob" sip:a@b',
    '"Bob"',
    'a, b <sip:a@b>',
    'a@b <sip:a@b>',
    '< sip:a@b>',
    '<sip:a@b >',
    '<sip:a@b>;',
    '<sip:a@b>;;x',
    '<sip:a@b>;x=',
    '<sip:a@b>;=x',
    '<sip:a@b> x',
    '<sip:a@b>;x="y',
    '<sip:a@b>;x y',
    'sip:a@b?x=y',
    'sip:a@b,sip:c@d',
    '<1sip:a@b>',
    '<sip:>',
  ]) {
    t.equal(parseNameAddr(text), null, JSON.stringify(text));
  }
  t.end();
});

t.test('Via elements that parse (20.42)', (t) => {
  for (const [text, transport, host, port, branch] of [
    ['SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776', 'UDP', 'pc33.atlanta.com', undefined, 'z9hG4bK776'],
    ['SIP/2.0/TCP 192.0.2.1:5061', 'TCP', '192.0.2.1', 5061, undefined],
    [
      'SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7',
      'UDP',
      'first.example.com',
      4000,
      'z9hG4bKa7',
    ],
    [
      'SIP  /    2.0   / udp\t192.168.255.111 : 5060  ; branch= z9hG4bK30239',
      'UDP',
      '192.168.255.111',
      5060,
      'z9hG4bK30239',
    ],
    [
      'SIP/2.0/UDP [2001:db8::9:1]:5060;received=2001:db8::9:255;branch=z9hG4bKas3',
      'UDP',
      '[2001:db8::9:1]',
      5060,
      'z9hG4bKas3',
    ],
    [
      'SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3',
      'UDP',
      '[2001:db8::9:1]',
      undefined,
      'z9hG4bKas3',
    ],
    [
      "SIP/2.0/UNKNOWN t4;rport;branch=z9hG4bK-.!%66*_+`'~",
      'UNKNOWN',
      't4',
      undefined,
      "z9hG4bK-.!%66*_+`'~",
    ],
  ] as const) {
    const via = parseVia(text);
    t.strictSame(
      via && [via.transport, via.host, via.port, via.branch],
      [transport, host, port, branch],
      text,
    );
    t.strictSame(parseVia(via!.toString())?.toString(), via?.toString(), 'and its text is read the same');
  }
  t.end();
});

t.test('Via elements that do not parse', (t) => {
  for (const text of [
    '',
    'SIP',
    'SIP/2.0',
    'SIP/2.0/UDP',
    'SIP/2.0/UDP ',
    'SIP/2.0 UDP host',
    'SIP/2.0/UDPhost:5060;x',
    'SIP/2.0/UDP host:port',
    'SIP/2.0/UDP host:70000',
    'SIP/2.0/UDP ::1',
    'SIP/2.0/UDP host;;',
    'SIP/2.0/UDP host;branch=',
    'SIP/2.0/UDP host x',
    'SIP/2.0/UDP host;branch=a b',
    'SIP/2.0/UDP <host>',
  ]) {
    t.equal(parseVia(text), null, JSON.stringify(text));
  }
  t.end();
});

t.test('parameters of a Via are replaced where they stand', (t) => {
  const via = parseVia('SIP/2.0/UDP h;rport;branch=z9hG4bK1;rport=7;x')!;
  t.equal(
    via.withSource('192.0.2.9', '5070').toString(),
    'SIP/2.0/UDP h;rport=5070;branch=z9hG4bK1;x;received=192.0.2.9',
  );
  t.equal(via.toString(), 'SIP/2.0/UDP h;rport;branch=z9hG4bK1;rport=7;x', 'the old one stays as it was');
  t.end();
});

t.test('quoted strings', (t) => {
  for (const text of ['', 'plain', 'a "b" \\c', '\\', 'J\xc3\xb6rg']) t.equal(unquote(quote(text)), text);
  t.equal(quote('a\r\nb'), '"a b"');
  t.equal(unquote('token'), 'token');
  t.end();
});
