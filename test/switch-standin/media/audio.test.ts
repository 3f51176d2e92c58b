import t from 'tap';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { render } from '../../../src/switch-standin/media/audio-source.js';
import { musicOnHold, openPrompt } from '../../../src/switch-standin/media/prompt.js';
import { parseToneSpec } from '../../../src/switch-standin/media/tone-spec.js';
import { parseWav } from '../../../src/switch-standin/media/wav-file.js';

function wav(samples: readonly number[], rate = 8000): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + 2 * samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(2 * rate, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(2 * samples.length, 40);
  return Buffer.concat([head, Buffer.from(Int16Array.from(samples).buffer)]);
}

t.test('tone specifications', async (t) => {
  t.same(parseToneSpec('%(300,100,440)'), {
    segments: [{ onMs: 300, offMs: 100, frequencies: [440] }],
    loops: 1,
  });
  t.match(parseToneSpec('v=-7;%(200,0,941.0,1336.0);%(10,0);loops=3'), {
    segments: { length: 2 },
    loops: 3,
  });
  t.equal(parseToneSpec('%(1,1,440);loops=-1')?.loops, Infinity);
  for (const wrong of ['', 'beep', '%(a,b)', '%(-1,0,440)']) t.equal(parseToneSpec(wrong), undefined, wrong);
});

t.test('prompts are as long as they say', async (t) => {
  const lengthOf = (path: string): number => render(openPrompt(path)!).length;
  t.equal(lengthOf('tone_stream://%(300,100,440)'), 3200);
  t.equal(lengthOf('tone_stream://%(20,0,440);loops=5'), 800);
  t.equal(lengthOf('silence_stream://250'), 2080, 'whole frames');
  t.equal(lengthOf('say:Press one'), 1600, 'the marker');
  t.equal(lengthOf('/nowhere/at-all.wav'), 1600, 'the marker');
  t.equal(openPrompt('tone_stream://no'), undefined);
  t.ok(openPrompt('silence_stream://-1')?.next(), 'endless');
  t.ok(
    render(openPrompt('tone_stream://%(300,100,440)')!).some((one) => one > 4000),
    'can be heard',
  );
  const music = musicOnHold();
  for (let i = 0; i < 1000; i++) if (music.next() === undefined) t.fail('music ended');
});

t.test('WAV files of 8 kHz, 16 bits, mono', async (t) => {
  const file = join(mkdtempSync(join(tmpdir(), 'proffer-wav-')), 'a.wav');
  writeFileSync(file, wav(Array.from({ length: 400 }, (_, at) => at)));
  t.equal(render(openPrompt(file)!)[399], 399);
  t.equal(render(openPrompt(`${file}@@160`)!)[0], 160, 'from an offset');
  t.equal(parseWav(wav([1], 16_000)), undefined);
  t.equal(parseWav(Buffer.from('RIFF')), undefined);
  t.equal(parseWav(wav([1]).subarray(0, 40)), undefined, 'cut off');
});
