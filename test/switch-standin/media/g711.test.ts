import t from 'tap';
import { decodeG711, encodeG711, silenceByte, transcode } from '../../../src/switch-standin/media/g711.js';
import type { G711 } from '../../../src/switch-standin/media/g711.js';

const laws: readonly G711[] = ['PCMU', 'PCMA'];

for (const law of laws) {
  t.test(`every ${law} byte is what its own sample is coded as`, async (t) => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const again = encodeG711(law, decodeG711(law, bytes));
    const same = [...again].filter((byte, at) => byte === at);
    // PCMU has two zeroes.
    t.ok(same.length >= 255, `${same.length} of 256`);
    t.equal(encodeG711(law, new Int16Array(1))[0], silenceByte[law]);
  });

  t.test(`${law} keeps a sample within its step`, async (t) => {
    for (let sample = -32_768; sample < 32_768; sample += 7) {
      const [heard = 0] = decodeG711(law, encodeG711(law, Int16Array.of(sample)));
      const step = Math.max(16, Math.abs(sample) / 16);
      if (Math.abs(heard - sample) > step) t.equal(heard, sample);
    }
  });
}

t.test('the values of ITU-T G.711, tables 1a and 2a', async (t) => {
  t.equal(decodeG711('PCMU', Uint8Array.of(0x80))[0], 32_124);
  t.equal(decodeG711('PCMU', Uint8Array.of(0x00))[0], -32_124);
  t.equal(decodeG711('PCMA', Uint8Array.of(0xaa))[0], 32_256);
  t.equal(decodeG711('PCMA', Uint8Array.of(0x2a))[0], -32_256);
  t.equal(encodeG711('PCMA', Int16Array.of(-1))[0], 0x55);
});

t.test('one law becomes the other', async (t) => {
  const loud = encodeG711('PCMU', Int16Array.of(8000, -8000));
  const heard = decodeG711('PCMA', transcode(loud, 'PCMU', 'PCMA'));
  t.ok(Math.abs((heard[0] ?? 0) - 8000) < 600 && Math.abs((heard[1] ?? 0) + 8000) < 600);
  t.equal(transcode(loud, 'PCMU', 'PCMU'), loud);
});
