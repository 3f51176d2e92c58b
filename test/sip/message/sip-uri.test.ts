import t from 'tap';
import {
  escapeUser,
  escapeUriHeader,
  escapeUriParam,
  formatSipUri,
  parseSipUri,
  sipUriEquals,
  unescapeUri,
  uriScheme,
} from '../../../src/sip/index.js';

const parts = (text: string) => {
  const uri = parseSipUri(text);
  return uri && [uri.scheme, uri.user, uri.password, uri.host, uri.port, [...uri.params], [...uri.headers]];
};

t.test('URIs that parse (RFC 3261 19.1.3 and RFC 3966)', (t) => {
  for (const [text, expected] of [
    ['sip:atlanta.com', ['sip', undefined, undefined, 'atlanta.com', undefined, [], []]],
    ['sip:alice@atlanta.com', ['sip', 'alice', undefined, 'atlanta.com', undefined, [], []]],
    [
      'sip:alice:secretword@atlanta.com;transport=tcp',
      ['sip', 'alice', 'secretword', 'atlanta.com', undefined, [['transport', 'tcp']], []],
    ],
    [
      'sips:alice@atlanta.com?subject=project%20x&priority=urgent',
      [
        'sips',
        'alice',
        undefined,
        'atlanta.com',
        undefined,
        [],
        [
          ['subject', 'project%20x'],
          ['priority', 'urgent'],
        ],
      ],
    ],
    [
      'sip:+1-212-555-1212:1234@gateway.com;user=phone',
      ['sip', '+1-212-555-1212', '1234', 'gateway.com', undefined, [['user', 'phone']], []],
    ],
    [
      'sip:alice;day=tuesday@atlanta.com',
      ['sip', 'alice;day=tuesday', undefined, 'atlanta.com', undefined, [], []],
    ],
    [
      'sip:user;par=u%40example.net@example.com',
      ['sip', 'user;par=u%40example.net', undefined, 'example.com', undefined, [], []],
    ],
    ['SIP:bob@[2001:db8::10]:5070;LR', ['sip', 'bob', undefined, '[2001:db8::10]', 5070, [['lr', true]], []]],
    ['sip:[::ffff:192.0.2.1]', ['sip', undefined, undefined, '[::ffff:192.0.2.1]', undefined, [], []]],
    ['sip:%00@host5.example.com', ['sip', '%00', undefined, 'host5.example.com', undefined, [], []]],
    ['sip:my_queue@centre_east:5060', ['sip', 'my_queue', undefined, 'centre_east', 5060, [], []]],
    ["sip:x&y=z+$,;?/-_.!~*'():pw@h", ['sip', "x&y=z+$,;?/-_.!~*'()", 'pw', 'h', undefined, [], []]],
    [
      'sip:a@b;%6C%72;n%61me=v%61lue',
      [
        'sip',
        'a',
        undefined,
        'b',
        undefined,
        [
          ['lr', true],
          ['name', 'v%61lue'],
        ],
        [],
      ],
    ],
    ['tel:+1-201-555-0123', ['tel', '+1-201-555-0123', undefined, '', undefined, [], []]],
    [
      'tel:7042;phone-context=example.com',
      ['tel', '7042', undefined, '', undefined, [['phone-context', 'example.com']], []],
    ],
    ['tel:*21#;phone-context=+1', ['tel', '*21#', undefined, '', undefined, [['phone-context', '+1']], []]],
  ] as const) {
    t.strictSame(parts(text), expected, text);
  }
  t.end();
});

t.test('URIs that do not parse', (t) => {
  for (const text of [
    '',
    'sip',
    'sip:',
    'sip:@host',
    'sip::pw@host',
    'sip:a@',
    'sip:a@b@c',
    'sip:a b@c',
    'sip:a@b c',
    'sip:a@b;',
    'sip:a@b;;x',
    'sip:a@b;x=',
    'sip:a@b;=x',
    'sip:a@b?',
    'sip:a@b?x',
    'sip:a@b?x=1=2',
    'sip:a@b:',
    'sip:a@b:65536',
    'sip:a@b:5x',
    'sip:a@[::1',
    'sip:a@[]',
    'sip:a@[:1]',
    'sip:a@::1',
    'sip:a@[g::1]',
    'sip:a%4@b',
    'sip:a%zz@b',
    'sip:a@b;x=%',
    'sip:a"@b',
    'sip:<a@b>',
    'sip:a@b\r\n',
    'sip:a@b\0',
    'tel:',
    'tel:+',
    'tel:abc!',
    'tel:+12;',
    'http://a',
    'isbn:2983792873',
  ]) {
    t.equal(parseSipUri(text), null, JSON.stringify(text));
  }
  t.end();
});

t.test('formatting is the inverse', (t) => {
  for (const text of [
    'sip:alice:pw@[2001:db8::1]:5070;transport=tcp;lr?Subject=x%20y&a=',
    'sips:host',
    'tel:+1-201-555-0123;ext=5',
  ]) {
    t.equal(formatSipUri(parseSipUri(text)!), text);
  }
  t.end();
});

t.test('equality (RFC 3261 19.1.4)', (t) => {
  const equal = (a: string, b: string): boolean => sipUriEquals(parseSipUri(a)!, parseSipUri(b)!);
  for (const [a, b] of [
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
    ['tel:+1-201-555-0123', 'tel:+12015550123'],
  ] as const) {
    t.equal(equal(a, b), true, `${a} is ${b}`);
    t.equal(equal(b, a), true);
  }
  for (const [a, b] of [
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:a@b', 'sips:a@b'],
    ['sip:a@b', 'sip:a:pw@b'],
    ['tel:+12015550123', 'tel:+12015550123;ext=5'],
  ] as const) {
    t.equal(equal(a, b), false, `${a} is not ${b}`);
    t.equal(equal(b, a), false);
  }
  t.end();
});

t.test('schemes', (t) => {
  t.equal(uriScheme('soap.beep://192.0.2.103:3002'), 'soap.beep');
  t.equal(uriScheme('SIP:a@b'), 'sip');
  for (const text of ['', 'x', ':x', 'x:', '1x:y', 'x:y z', 'x:<y>']) t.equal(uriScheme(text), '', text);
  t.end();
});

t.test('escaping', (t) => {
  t.equal(escapeUser('j@s on:%'), 'j%40s%20on%3A%25');
  t.equal(escapeUriParam('a;b=c'), 'a%3Bb%3Dc');
  t.equal(escapeUriHeader('<sip:a@b;x>'), '%3Csip:a%40b%3Bx%3E');
  t.equal(unescapeUri('%6A%40%zz%'), 'j@%zz%');
  t.end();
});
