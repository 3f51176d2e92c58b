import t from 'tap';
import { createRequest, SipHeaderError } from '../../../src/sip/index.js';
import { accepted, textOf } from './messages.js';

const build = (...headers: [string, string][]) =>
  createRequest({ method: 'OPTIONS', requestUri: 'sip:bob@b', headers });

t.test('getting', (t) => {
  const message = build(['Via', 'a'], ['X-One', '1'], ['v', 'b, c'], ['x-one', '2']);
  t.equal(message.get('via'), 'a');
  t.strictSame(message.getAll('via'), ['a', 'b, c']);
  t.strictSame(message.list('via'), ['a', 'b', 'c']);
  t.strictSame(message.getAll('x-one'), ['1', '2']);
  t.equal(message.has('route'), false);
  t.equal(message.get('route'), undefined);
  t.strictSame(message.list('route'), []);
  t.strictSame(message.getAll('route'), []);
  t.end();
});

t.test('setting, adding and removing keep the order', (t) => {
  const message = build(['Via', 'a'], ['Route', 'r1'], ['Subject', 's'], ['Route', 'r2']);
  const text = (): string =>
    message
      .headerLines()
      .map((line) => `${line.spelled}=${line.value}`)
      .join(' ');
  message.set('route', 'r');
  t.equal(text(), 'Via=a Route=r Subject=s');
  message.prepend('via', 'b');
  t.equal(text(), 'Via=b Via=a Route=r Subject=s');
  message.prepend('record-route', 'rr');
  t.equal(text(), 'Record-Route=rr Via=b Via=a Route=r Subject=s', 'at the top when there was none');
  message.append('via', 'c');
  message.remove('via');
  t.equal(text(), 'Record-Route=rr Route=r Subject=s');
  message.set('call-id', 'x');
  message.set('x-offer-url', 'u');
  message.set('X-oFFer', 'o');
  t.equal(text(), 'Record-Route=rr Route=r Subject=s Call-ID=x X-Offer-URL=u X-oFFer=o');
  t.end();
});

t.test('the views follow the headers', (t) => {
  const message = accepted(textOf());
  t.equal(message.to()?.tag, undefined);
  message.set('to', '<sip:bob@b>;tag=9');
  t.equal(message.to()?.tag, '9');
  message.set('from', 'nonsense');
  t.equal(message.from(), null);
  t.equal(message.from(), null);
  message.set('from', '<sip:a@a>;tag=8');
  t.equal(message.from()?.tag, '8');
  message.set('cseq', '2 BYE');
  t.strictSame(message.cseq(), { number: 2, method: 'BYE' });
  message.prepend('via', 'SIP/2.0/TCP x;branch=z9hG4bKnew');
  t.equal(message.topVia()?.branch, 'z9hG4bKnew');
  message.popFirst('via');
  t.equal(message.topVia()?.branch, 'z9hG4bK776asdhds');
  message.remove('via');
  t.equal(message.topVia(), null);
  t.equal(message.uri()?.user, 'bob');
  message.requestUri = 'sip:carol@c';
  t.equal(message.uri()?.user, 'carol');
  t.end();
});

t.test('the topmost Via alone is replaced or removed', (t) => {
  const message = build(['Via', 'SIP/2.0/UDP a;x="1,2", SIP/2.0/UDP b'], ['Via', 'SIP/2.0/UDP c']);
  message.setTopVia('SIP/2.0/UDP z');
  t.strictSame(message.getAll('via'), ['SIP/2.0/UDP z, SIP/2.0/UDP b', 'SIP/2.0/UDP c']);
  message.popFirst('via');
  t.strictSame(message.getAll('via'), ['SIP/2.0/UDP b', 'SIP/2.0/UDP c']);
  message.popFirst('via');
  message.popFirst('via');
  message.popFirst('via');
  t.equal(message.has('via'), false);
  message.setTopVia('SIP/2.0/UDP y');
  t.equal(message.get('via'), 'SIP/2.0/UDP y');
  t.end();
});

t.test('no header can be forged by a value or a name', (t) => {
  const message = build();
  for (const value of ['a\r\nX: y', 'a\nX: y', 'a\rX: y', 'a\0']) {
    for (const change of ['set', 'append', 'prepend'] as const) {
      t.throws(() => message[change]('subject', value), { code: 'SIP_HEADER_INVALID' });
    }
    t.throws(() => message.setTopVia(value), SipHeaderError);
  }
  for (const name of ['', 'a b', 'a:', 'a\r\nb']) t.throws(() => message.set(name, 'x'), SipHeaderError);
  t.throws(() => createRequest({ method: 'A\r\n', requestUri: 'sip:x', headers: [] }), SipHeaderError);
  t.throws(() => createRequest({ method: 'A', requestUri: 'sip:x\n', headers: [] }), SipHeaderError);
  t.end();
});

t.test('Content-Length says what the body has', (t) => {
  const message = accepted(textOf({ lines: 'L: 2\r\nX: y\r\n', body: 'hi' }));
  message.body = 'h\xc3\xa9llo';
  t.match(message.toString(), /\r\nL: 6\r\nX: y\r\n\r\nh\xc3\xa9llo$/);
  t.match(build().toString(), /^OPTIONS sip:bob@b SIP\/2\.0\r\nContent-Length: 0\r\n\r\n$/);
  t.end();
});

t.test('a clone is its own', (t) => {
  const message = accepted(textOf());
  const copy = message.clone();
  copy.set('subject', 'new');
  copy.prepend('via', 'SIP/2.0/UDP x;branch=z9hG4bKx');
  copy.requestUri = 'sip:carol@c';
  t.equal(message.has('subject'), false);
  t.equal(message.topVia()?.branch, 'z9hG4bK776asdhds');
  t.equal(message.uri()?.user, 'bob');
  t.equal(copy.uri()?.user, 'carol');
  t.equal(copy.topVia()?.branch, 'z9hG4bKx');
  t.end();
});
