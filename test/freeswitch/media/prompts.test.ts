// Prompts in FreeSWITCH's words.
import t from 'tap';
import { playbacksOf } from '../../../src/freeswitch/media/prompts.js';

void t.test('files, tones and silences in a row are one playback; words are one of their own', async (t) => {
  const playbacks = playbacksOf([
    'file:offers/travel.wav',
    'silence:500',
    'tone:%(200,100,440)',
    'say:Press 1, now!',
    'say:or 2',
    'file:bang!.wav',
    'unknown:x',
  ]);
  t.same(
    playbacks.map(({ argument, isSpeech }) => [argument, isSpeech]),
    [
      ['offers/travel.wav!silence_stream://500!tone_stream://%(200,100,440)', false],
      ['say:Press 1, now\\!', true],
      ['say:or 2', true],
      ['bang\\!.wav', false],
    ],
  );
  t.equal(playbacks[0]?.maxMs, 240_500);
});

void t.test('no prompts, and a silence of nonsense', async (t) => {
  t.same(playbacksOf([]), []);
  t.same(playbacksOf(['silence:never']), [{ argument: 'silence_stream://0', isSpeech: false, maxMs: 0 }]);
});
