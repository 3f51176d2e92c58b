import t from 'tap';
import { formatRtp, parseRtp } from '../../../src/switch-standin/media/rtp-packet.js';
import {
  formatTelephoneEvent,
  KeyReceiver,
  keyPress,
  parseTelephoneEvent,
} from '../../../src/switch-standin/media/telephone-event.js';

const packet = {
  payloadType: 101,
  isMarked: true,
  sequence: 65_535,
  timestamp: 4_294_967_295,
  ssrc: 7,
  payload: Buffer.from('abc'),
};

t.test('a packet is read as it was written (RFC 3550 5.1)', async (t) => {
  t.same(parseRtp(formatRtp(packet)), packet);
});

t.test('contributing sources, an extension and padding are stepped over', async (t) => {
  const plain = formatRtp({ ...packet, payload: Buffer.alloc(0) });
  plain.writeUInt8(0x80 | 0x20 | 0x10 | 1, 0);
  const behind = Buffer.concat([
    plain,
    Buffer.alloc(4),
    Buffer.from([0, 0, 0, 1, 9, 9, 9, 9]),
    Buffer.from('xy'),
    Buffer.from([0, 2]),
  ]);
  t.equal(parseRtp(behind)?.payload.toString(), 'xy');
});

t.test('what is no RTP is left alone', async (t) => {
  t.equal(parseRtp(Buffer.from('hello')), undefined);
  t.equal(parseRtp(Buffer.alloc(12)), undefined, 'version 0');
  const lies = formatRtp(packet);
  lies.writeUInt8(0x8f, 0);
  t.equal(parseRtp(lies), undefined, 'more sources than bytes');
});

function press(key: string, timestamp: number, payloads = keyPress(key, 100)) {
  return payloads.map((payload) => ({ ...packet, timestamp, payload }));
}

t.test('a key press counts once, however often its end comes (RFC 4733 2.5.1.4)', async (t) => {
  const receiver = new KeyReceiver();
  const heard = [...press('1', 1000), ...press('#', 3000)].flatMap((one) => receiver.receive(one));
  t.same(heard, [
    { key: '1', duration: 800 },
    { key: '#', duration: 800 },
  ]);
});

t.test('a press whose ends were lost counts when the next begins', async (t) => {
  const receiver = new KeyReceiver();
  const lost = press('5', 1000).slice(0, -3);
  const heard = [...lost, ...press('6', 2000)].flatMap((one) => receiver.receive(one));
  t.same(
    heard.map(({ key }) => key),
    ['5', '6'],
  );
});

t.test('the same key twice is two presses, a late packet none', async (t) => {
  const receiver = new KeyReceiver();
  const first = press('2', 4_294_967_000);
  const heard = [...first, ...press('2', 500), ...first.slice(-1)].flatMap((one) => receiver.receive(one));
  t.equal(heard.length, 2, 'across the end of the 32 bits');
});

t.test('events that are no keys are left alone', async (t) => {
  t.equal(parseTelephoneEvent(Buffer.from([64, 0, 0, 0])), undefined);
  t.equal(parseTelephoneEvent(Buffer.from([1, 0])), undefined);
  t.same(parseTelephoneEvent(formatTelephoneEvent({ key: 'a', isEnd: true, duration: 99_999 })), {
    key: 'A',
    isEnd: true,
    duration: 65_535,
  });
});
