import fc from 'fast-check';
import t from 'tap';
import { encodeFrame, FrameReader } from '../../src/control/frame.js';

function read(
  chunks: readonly string[],
  maxFrameBytes = 1000,
): { payloads: string[]; fault: string | undefined } {
  const reader = new FrameReader(maxFrameBytes);
  const payloads: string[] = [];
  for (const chunk of chunks) {
    const fault = reader.push(chunk, (payload) => payloads.push(payload));
    if (fault !== undefined) return { payloads, fault };
  }
  return { payloads, fault: undefined };
}

t.test('frames come out the same however the stream is cut', (t) => {
  const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 });
  const payload = bytes.map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(fc.array(payload, { maxLength: 5 }), fc.array(fc.nat(60)), (payloads, cuts) => {
      const stream = payloads.map((one) => encodeFrame(one)).join('');
      const chunks: string[] = [];
      let rest = stream;
      for (const cut of cuts) {
        chunks.push(rest.slice(0, cut));
        rest = rest.slice(cut);
      }
      const result = read([...chunks, rest]);
      return result.fault === undefined && JSON.stringify(result.payloads) === JSON.stringify(payloads);
    }),
  );
  t.end();
});

t.test('what the real server takes and refuses', (t) => {
  t.strictSame(read(['0004#ping']), { payloads: ['ping'], fault: undefined }, 'leading zeros');
  t.strictSame(read(Array.from('4#ping4#pong')).payloads, ['ping', 'pong'], 'a byte at a time');
  for (const garbage of ['x', '4x#ping', '#ping', '-1#x', '99999999999#x']) {
    t.equal(read([garbage]).fault, 'bad-length', garbage);
  }
  t.equal(read(['1001#']).fault, 'too-large');
  t.equal(read(['1001']).fault, 'too-large', 'told before the rest is there');
  t.end();
});
